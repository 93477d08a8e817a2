-- The note stands in the comment of the log's sequence: the owner's own, dumped like any comment, in nobody's way.
-- It comments as its caller, who must own the log.
create or replace function eventlog._write_note(relation regclass, note text) returns void
    language plpgsql volatile strict parallel unsafe
    set search_path = pg_catalog, pg_temp
as $$
declare
    sequence regclass := eventlog._sequence_of(relation);
begin
    perform eventlog._require_act('_write_note', 'repair_log');
    if sequence is not null then
        execute format('comment on sequence %s is %L', sequence, note);
    end if;
end
$$;

comment on function eventlog._write_note(regclass, text) is
    'internal: keeps beside a log what repair_log needs when the catalogue is gone';
