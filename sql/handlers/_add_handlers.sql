-- Puts on a log the trigger that calls its handlers, unless it is there, and returns a phrase if it was not. Postgres
-- clones it to partitions. It waits for whoever is writing to the log, so that no event is written past a handler that
-- was committed before. It alters the table as its caller, who must own it.
create or replace function eventlog._add_handlers(relation regclass, log_id uuid) returns setof text
    language plpgsql volatile called on null input parallel unsafe
    set search_path = pg_catalog, pg_temp
as $$
declare
    enabled "char";
begin
    perform eventlog._require_act('_add_handlers', 'on_event');
    select t.tgenabled into enabled
    from pg_trigger t
    where t.tgrelid = relation
        and t.tgname = 'eventlog_handlers'
        and t.tgfoid = 'eventlog.call_handlers()'::regprocedure
        -- after insert for each row
        and t.tgtype = 5
        and t.tgqual is null
        and not t.tgdeferrable
        and encode(t.tgargs, 'escape') = log_id::text || '\000';
    if not found then
        execute format('create or replace trigger eventlog_handlers after insert on %s'
            ' for each row execute function eventlog.call_handlers(%L)', relation, log_id);
        execute format('comment on trigger eventlog_handlers on %s is %L', relation,
            'calls the handlers that want the event: see eventlog.handlers');
    end if;
    if enabled is distinct from 'O' then
        -- Not ALWAYS: what replication brings has had its handlers where it was written.
        execute format('alter table %s enable trigger eventlog_handlers', relation);
        return next format('handlers of %s', relation);
    end if;
end
$$;

comment on function eventlog._add_handlers(regclass, uuid) is
    'internal: puts on a log the trigger that calls its handlers';
