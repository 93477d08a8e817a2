-- Takes off a log the trigger that calls its handlers: without it a row may take the straight road again.
-- It alters the table as its caller, who must own it.
create or replace function eventlog._drop_handlers(relation regclass) returns void
    language plpgsql volatile called on null input parallel unsafe
    set search_path = pg_catalog, pg_temp
as $$
begin
    perform eventlog._require_act('_drop_handlers', 'off_event');
    if exists (
        select from pg_trigger t
        where t.tgrelid = relation and t.tgname = 'eventlog_handlers'
            and t.tgfoid = 'eventlog.call_handlers()'::regprocedure
    ) then
        execute format('drop trigger eventlog_handlers on %s', relation);
    end if;
end
$$;

comment on function eventlog._drop_handlers(regclass) is
    'internal: takes off a log the trigger that calls its handlers';
