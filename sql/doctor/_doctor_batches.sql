-- Batches that do not come, though somebody reads them and events wait, and what is in their way. Whoever may not see
-- other roles' sessions is not told of the background worker.
create or replace function eventlog._doctor_batches(examined eventlog._doctor_table[])
    returns setof eventlog._doctor_finding
    language plpgsql stable strict parallel unsafe
    set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    perform eventlog._check_doctor();

    return query
    select 'warning', m.relation::text,
        format('%s, and events that %s would read have waited for more than a minute: %s',
            coalesce('closed no batch since ' || b.closed_at::text, 'never closed a batch'), r.names,
            case
                when h.blocker is not null
                    then format('process %s, which is closing one, waits for process %s', h.pid, h.blocker)
                when h.pid is not null then format('process %s has closed one in a transaction that is open since %s', h.pid,
                    h.xact_start)
                when w.blocker is not null then format('the background worker waits for process %s', w.blocker)
                when w.pid is not null then 'the background worker is there, and an error keeps it from closing one, which '
                    'the server''s log tells'
                else 'nobody calls eventlog.tick(), as the background worker does'
            end),
        case
            when coalesce(h.blocker, h.pid, w.blocker) is not null
                then format('select pg_terminate_backend(%s)', coalesce(h.blocker, h.pid, w.blocker))
            else format('select eventlog.tick(%L)', m.relation)
        end
    from unnest(examined) m
    join eventlog.log l on l.relation = m.relation
    cross join lateral (
        select string_agg(quote_ident(r.name), ', ' order by r.name)
        from eventlog.batch_reader r where r.log_id = l.log_id
    ) r (names)
    left join lateral (select max(b.closed_at) from eventlog.batch b where b.log_id = l.log_id) b (closed_at) on true
    -- Whoever closes a batch has this lock, until the transaction ends.
    left join lateral (
        select k.pid, a.xact_start, (pg_blocking_pids(k.pid))[1] as blocker
        from pg_locks k
        left join pg_stat_activity a on a.pid = k.pid
        where k.locktype = 'object'
            and k.granted
            and k.classid = 'eventlog.batch'::regclass
            and k.objid = m.relation
            and k.database = (select d.oid from pg_database d where d.datname = current_database())
        limit 1
    ) h on true
    left join lateral (
        select a.pid, (pg_blocking_pids(a.pid))[1] as blocker
        from pg_stat_activity a
        where a.backend_type = 'pg_eventlog runner' and a.datname = current_database()
        limit 1
    ) w on true
    where m.role = 'log'
        and m.relation = m.root
        and r.names is not null
        and eventlog._batch_is_late(l.log_id);
end
$$;

comment on function eventlog._doctor_batches(eventlog._doctor_table[]) is
    'internal: what doctor() finds about batches of events';
