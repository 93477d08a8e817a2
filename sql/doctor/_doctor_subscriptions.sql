-- Subscriptions that stand still, and why. It sees those whose role's rights its caller has: superusers see all.
create or replace function eventlog._doctor_subscriptions(examined eventlog._doctor_table[])
    returns setof eventlog._doctor_finding
    language plpgsql stable strict parallel unsafe
    set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    perform eventlog._check_doctor();

    return query
    select distinct 'error', format('subscription "%s"', s.name),
        case
            when s.log is null then 'stands still: its log is gone'
            when not exists (select from pg_roles r where r.rolname = s.role)
                then format('stands still: its role %s does not exist', s.role)
            else format('stands still: its role %s may not read all events of log %s', s.role, s.log)
        end,
        case
            when s.log is null or not exists (select from pg_roles r where r.rolname = s.role)
                then format('select eventlog.unsubscribe(%L)', s.name)
            else format('select eventlog.grant_consumer(%L, %L)', s.log, s.role)
        end
    from eventlog.subscriptions s
    where s.state = 'stopped';

    return query
    select distinct 'warning', format('subscription "%s"', s.name),
        'stands still: a dead letter has paused it, until it is retried or discarded',
        format('select eventlog.retry_dead_letters(%L)', s.name)
    from eventlog.subscriptions s
    where s.state = 'paused';

    return query
    select 'warning', format('subscription "%s"', s.name),
        format('shard %s: the lease of receipt %s ran out at %s, and nobody has received since; start its worker, or end it '
            'if nobody needs it', s.shard, s.receipt, s.lease_until),
        format('select eventlog.unsubscribe(%L)', s.name)
    from eventlog.subscriptions s
    where s.state = 'overdue';

    -- A worker that comes once a week is late from the seventh day on.
    return query
    select 'warning', format('subscription "%s"', s.name),
        format('shard %s has not settled what was recorded at %s; it keeps the log''s partitions for %s', s.shard,
            s.oldest_unacked, s.options ->> 'keep'),
        format('select eventlog.unsubscribe(%L)', s.name)
    from eventlog.subscriptions s
    where s.lag >= interval '7 days' and s.state <> 'stopped';

    return query
    select 'warning', format('subscription "%s"', s.name),
        format('process %s has shard %s in a transaction that is open since %s', s.holder, s.shard, a.xact_start),
        format('select pg_terminate_backend(%s)', s.holder)
    from eventlog.subscriptions s
    join pg_stat_activity a on a.pid = s.holder
    where a.xact_start < clock_timestamp() - interval '1 hour';

    return query
    select distinct 'error', s.log::text,
        'has subscriptions and no index on seq: each batch sorts the log',
        case c.relkind when 'r' then format('create index concurrently on %s (seq)', s.log)
            else format('create index on %s (seq)', s.log) end
    from eventlog.subscriptions s
    join pg_class c on c.oid = s.log
    where not eventlog._find_seq_index(s.log);

    return query
    select distinct 'warning', s.log::text,
        'its sequence stands below a number that its consumers know: it was set back, and they read the log from its start',
        format('select * from eventlog.repair_log(%L)', s.log)
    from eventlog._subscriptions() s
    where not s.has_marks;
end
$$;

comment on function eventlog._doctor_subscriptions(eventlog._doctor_table[]) is
    'internal: what doctor() finds about subscriptions';
