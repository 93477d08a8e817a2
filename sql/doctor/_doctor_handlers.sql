-- Handlers: each can be called, and is.
-- It reads what everyone may read.
create or replace function eventlog._doctor_handlers(examined eventlog._doctor_table[])
    returns setof eventlog._doctor_finding
    language plpgsql stable strict parallel unsafe
    set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    perform eventlog._check_doctor();

    return query
    select case when h.mode = 'sync' and h.on_error = 'raise' then 'error' else 'warning' end,
        format('handler %I', h.name),
        format('%s: %s', p.problem,
            case
                when h.mode = 'async' then 'its events wait'
                when h.on_error = 'raise' then format('the events that it is for are refused by %s', m.relation)
                else 'it is not called, which eventlog.handler_error says for each event'
            end),
        format('select eventlog.off_event(%L)', h.name)
    from eventlog.handler h
    join eventlog.log l on l.log_id = h.log_id
    join unnest(examined) m on m.relation = l.relation and m.role = 'log'
    cross join lateral (select eventlog._handler_problem(h.handler, m.owner)) p (problem)
    where p.problem is not null;

    return query
    select 'error', m.relation::text,
        'the trigger that calls its handlers is missing or disabled: events are written without them',
        format('select * from eventlog.repair_log(%L)', m.root)
    from unnest(examined) m
    join eventlog.log l on l.relation = m.root
    where m.role = 'log'
        and exists (select from eventlog.handler h where h.log_id = l.log_id and h.mode = 'sync')
        and not exists (
            select from pg_trigger t
            where t.tgrelid = m.relation
                and t.tgname = 'eventlog_handlers'
                and t.tgfoid = 'eventlog.call_handlers()'::regprocedure
                -- after insert for each row
                and t.tgtype = 5
                and t.tgqual is null
                and t.tgenabled in ('O', 'A')
                and encode(t.tgargs, 'escape') = l.log_id::text || '\000');
end
$$;

comment on function eventlog._doctor_handlers(eventlog._doctor_table[]) is
    'internal: what doctor() finds about handlers';
