-- The system catalog, which it reads, is open to everyone.
create or replace function eventlog._read_note(relation regclass) returns text
    language plpgsql stable strict parallel safe
    set search_path = pg_catalog, pg_temp
as $$
begin
    return obj_description(eventlog._sequence_of(relation), 'pg_class');
end
$$;

comment on function eventlog._read_note(regclass) is 'internal: what _write_note kept beside a log';
