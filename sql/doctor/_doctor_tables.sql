-- The tables that doctor() looks at: logs, the tables of their keys and of their rejected events, tables that are isolated
-- or append-only, and what lies below each. A root stands for itself too. The log is the one that the root is or belongs to.
-- The system catalog, which it reads, is open to everyone.
create or replace function eventlog._doctor_tables() returns setof eventlog._doctor_table
    -- Parallel unsafe: so is _tenancy_note.
    language sql stable strict parallel unsafe
    set search_path = pg_catalog, pg_temp
as $$
    with recursive logs as (
        -- The number in the catalogue may be another relation's after a drop: that one has no such columns.
        select c.oid, l.log_id, c.relowner
        from eventlog.log l
        join pg_class c on c.oid = l.relation and c.relkind in ('r', 'p')
        -- One that lost a column is still the log.
        where 10 <= (
            select count(*) from pg_attribute a join eventlog._log_columns() w on w.name = a.attname
            where a.attrelid = c.oid and not a.attisdropped)
    ),
    -- By a guard with the log's id or by the comment, also where the gate or a guard is gone.
    keys as (
        select distinct on (l.oid) c.oid, l.oid as log
        from (
            select t.tgrelid, split_part(encode(t.tgargs, 'escape'), '\000', 1)
            from pg_trigger t
            where t.tgfoid = 'eventlog.forbid_change()'::regprocedure and t.tgnargs = 1
            union
            select d.objoid, substring(d.description from '\(log ([0-9a-f-]+)\)$')
            from pg_description d
            where d.classoid = 'pg_class'::regclass and d.objsubid = 0
        ) named (oid, log_id)
        join logs l on l.log_id::text = named.log_id
        join pg_class c on c.oid = named.oid and c.relkind = 'r' and c.relowner = l.relowner
        order by l.oid, c.oid
    ),
    rejected as (
        select distinct on (l.oid) c.oid, l.oid as log
        from logs l
        join pg_description d on d.classoid = 'pg_class'::regclass and d.objsubid = 0
            and d.description like '%(rejected by log ' || l.log_id || ')'
        join pg_class c on c.oid = d.objoid and c.relkind = 'r' and c.relowner = l.relowner
        where eventlog._rejected_tenant(c.oid) is not null
        order by l.oid, c.oid
    ),
    marked as (
        select t.tgrelid as oid, false as isolated, true as append_only
        from pg_trigger t
        where t.tgfoid = 'eventlog.forbid_change()'::regprocedure
        union all
        select p.polrelid, true, false
        from pg_policy p
        where p.polname in (select k.policy from eventlog._policies() k)
        union all
        select i.relation, true, false
        from eventlog.isolated_table i
        join pg_class c on c.oid = i.relation and c.relkind in ('r', 'p')
        union all
        select oid, false, true from logs
        union all
        select oid, false, true from keys
        union all
        select oid, false, false from rejected
    ),
    flagged as (
        select m.oid, bool_or(m.isolated) as isolated, bool_or(m.append_only) as append_only
        from marked m
        -- What a session makes for itself is nobody else's business.
        join pg_class c on c.oid = m.oid and c.relnamespace <> 'eventlog'::regnamespace and c.relpersistence <> 't'
        group by m.oid
    ),
    -- What is so because the table above it is so is found from there.
    roots as (
        select f.oid, f.isolated, f.append_only, case when f.isolated then eventlog._tenant_column(f.oid) end as tenant_column
        from flagged f
        where f.oid in (select oid from logs)
            or f.oid not in (
                select m.oid
                from flagged m
                cross join lateral pg_partition_ancestors(m.oid) a
                join flagged above on above.oid = a.relid::oid and above.oid <> m.oid
                where (above.isolated or not m.isolated) and (above.append_only or not m.append_only))
    ),
    tree as (
        select r.oid, r.oid as root from roots r
        union
        select i.inhrelid, tree.root
        from tree
        join pg_inherits i on i.inhparent = tree.oid
        join pg_class c on c.oid = i.inhrelid and c.relispartition
    )
    select c.oid::regclass, r.oid::regclass,
        case when l.oid is not null then 'log' when k.oid is not null then 'keys' when e.oid is not null then 'rejected'
            else 'table' end,
        coalesce(l.oid, k.log, e.log)::regclass,
        r.isolated, r.append_only, c.oid <> r.oid, c.relkind, c.relowner,
        coalesce(r.tenant_column, 'tenant_id')::name
    from tree
    join roots r on r.oid = tree.root
    join pg_class c on c.oid = tree.oid
    left join logs l on l.oid = r.oid
    left join keys k on k.oid = r.oid
    left join rejected e on e.oid = r.oid
$$;

comment on function eventlog._doctor_tables() is
    'internal: the tables whose safety is the extension''s concern';
