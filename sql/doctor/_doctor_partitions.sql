-- Partitioned logs: where the events of now and of the time to come go. And foreign tables, which nothing protects.
-- It reads what everyone may read.
create or replace function eventlog._doctor_partitions(examined eventlog._doctor_table[]) returns setof eventlog._doctor_finding
    language plpgsql stable strict parallel unsafe
    set search_path = pg_catalog, pg_temp
    -- Bounds are text, and are read as they are written.
    set datestyle = 'ISO, YMD'
    set timezone = 'UTC'
as $$
#variable_conflict use_column
begin
    perform eventlog._check_doctor();

    return query
    with partitioned as materialized (
        select m.relation, l.partition_interval, p.partdefid <> 0 as has_default
        from unnest(examined) m
        join eventlog.log l on l.relation = m.relation
        join pg_partitioned_table p on p.partrelid = m.relation
        where m.role = 'log' and not m.is_partition
    ),
    bounds as materialized (
        select p.relation, b.bound[1] as lower, b.bound[2] as upper
        from partitioned p
        join pg_inherits i on i.inhparent = p.relation
        join pg_class c on c.oid = i.inhrelid
        cross join lateral regexp_match(pg_get_expr(c.relpartbound, c.oid),
            '^FOR VALUES FROM \((?:''([^'']*)''|MINVALUE)\) TO \((?:''([^'']*)''|MAXVALUE)\)$') b (bound)
        where b.bound is not null
    ),
    times as materialized (
        select p.relation, p.has_default, p.partition_interval is not null as is_kept, t.ahead,
            exists (
                select from bounds b
                where b.relation = p.relation
                    and coalesce(b.lower::timestamptz, '-infinity') <= t.at and t.at < coalesce(b.upper::timestamptz, 'infinity')
            ) as covered
        from partitioned p
        cross join lateral (
            select false as ahead, clock_timestamp() as at
            union all
            select true, max(n.lower_bound)
            from eventlog._partition_bounds(p.partition_interval, clock_timestamp(), 1) n
            where p.partition_interval is not null
        ) t
        where t.at is not null
    )
    select case when t.has_default or t.ahead then 'warning' else 'error' end, t.relation::text,
        case
            when t.ahead then 'has no partition for the time after the present one''s'
            else 'has no partition for the present time' end
            || case when t.has_default then ': events go to the default one, which then is in the way of it'
                when t.ahead then ': events will be refused' else ': events are refused' end,
        case when t.is_kept then format('select * from eventlog.repair_log(%L)', t.relation)
            else format('create table %s partition of %s default',
                (select format('%I.%I', n.nspname, eventlog._object_name(c.relname, '_default'))
                    from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = t.relation), t.relation) end
    from times t
    where not t.covered
        -- One with a default alone, and nobody who would make others, is as its owner made it.
        and (t.is_kept or not t.has_default)
    union all
    select 'warning', p.relation::text,
        'has no default partition: an event of a time for which there is no other one is refused',
        format('select * from eventlog.repair_log(%L)', p.relation)
    from partitioned p
    where not p.has_default and p.partition_interval is not null;

    return query
    select 'error', m.relation::text,
        format('is a foreign table below %s, where neither guards nor policies hold', m.root),
        format('alter table %s %s %s', i.inhparent::regclass, 'detach partition', m.relation)
    from unnest(examined) m
    join pg_inherits i on i.inhrelid = m.relation
    where m.kind = 'f'
    union all
    select 'error', f.oid::regclass::text,
        format('is a foreign table below the tracked table %s: its changes go unseen', t.relation),
        format('alter table %s detach partition %s', i.inhparent::regclass, f.oid::regclass)
    from pg_class f
    join pg_inherits i on i.inhrelid = f.oid
    join eventlog.tracked_table t on t.relation = pg_partition_root(f.oid)
    where f.relkind = 'f' and f.relispartition;
end
$$;

comment on function eventlog._doctor_partitions(eventlog._doctor_table[]) is
    'internal: what doctor() finds about partitions';
