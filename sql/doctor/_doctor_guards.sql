-- Append-only: guards that are missing or disabled, and what goes around them.
-- It reads what everyone may read, and the record of what was done only as one who may.
create or replace function eventlog._doctor_guards(examined eventlog._doctor_table[]) returns setof eventlog._doctor_finding
    language plpgsql stable strict parallel unsafe
    set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    perform eventlog._check_doctor();

    return query
    select
        case when g.guarded then 'warning' else 'error' end,
        g.relation::text,
        case
            when g.guarded and g.kind = 'p' then 'has no row guard for partitions that come under it'
            when g.guarded then 'has no row guard of its own: when it is detached, its rows can be changed'
            else format('the %s missing or disabled: rows can be changed or removed', case
                when not g.by_row and not g.by_statement then 'guards are'
                when not g.by_row then 'row guard is'
                else 'guard against truncate and whole statements is' end)
        end,
        case when g.role = 'table' then format('select eventlog.make_append_only(%L)', g.root)
            else format('select * from eventlog.repair_log(%L)', g.log) end
    from (
        select m.*, s.*, s.by_row and s.by_statement as guarded
        from unnest(examined) m
        cross join lateral (
            -- ALWAYS, or "set session_replication_role = replica" passes them by. A partitioned table holds no rows.
            select
                m.kind = 'p' or count(*) filter (where t.tgtype = 27) > 0 as by_row,
                count(*) filter (where t.tgtype = 58) > 0 as by_statement,
                m.kind = 'p' and m.is_partition or count(*) filter (where t.tgtype = 27 and t.tgparentid = 0) > 0 as own
            from pg_trigger t
            where t.tgrelid = m.relation
                and t.tgfoid = 'eventlog.forbid_change()'::regprocedure
                and t.tgenabled = 'A'
                and t.tgattr = ''::int2vector
                and t.tgqual is null
        ) s
        -- A foreign table takes no guards.
        where m.append_only and m.kind <> 'f'
    ) g
    where not (g.guarded and g.own);

    -- Whose guards are all gone is known only from the record of what was done, which is not for everyone.
    if has_table_privilege('eventlog.admin_log', 'SELECT') then
        return query
        select 'error', c.oid::regclass::text,
            'was made append-only, and has no guards any more: rows can be changed or removed '
                '(if that is meant, call eventlog.release_append_only after the remedy)',
            format('select eventlog.make_append_only(%L)', c.oid::regclass)
        from (
            select distinct on (a.object) a.object, a.action
            from eventlog.admin_log a
            where a.action in ('make_append_only', 'release_append_only')
            order by a.object, a.id desc
        ) last
        join (
            select n.nspname || '.' || c.relname, c.oid, c.relkind
            from pg_class c join pg_namespace n on n.oid = c.relnamespace
        ) c (object, oid, relkind) on c.object = last.object
        where last.action = 'make_append_only'
            and c.relkind in ('r', 'p')
            and not exists (
                select from unnest(examined) m where m.relation = c.oid and m.append_only);
    end if;

    return query
    select 'warning', i.inhrelid::regclass::text,
        format('inherits from %s, where its rows show: %s', m.relation, case
            when m.role = 'log' then 'they passed no gate, and can be changed'
            when m.isolated then 'its own policies and grants say who reads and writes them'
            else 'they can be changed' end),
        format('alter table %s no inherit %s', i.inhrelid::regclass, m.relation)
    from unnest(examined) m
    join pg_inherits i on i.inhparent = m.relation
    join pg_class c on c.oid = i.inhrelid and not c.relispartition
    where m.role = 'log'
        or m.isolated
        or m.append_only and not exists (
            select from pg_trigger t
            where t.tgrelid = i.inhrelid and t.tgfoid = 'eventlog.forbid_change()'::regprocedure and t.tgenabled = 'A');

    return query
    select 'warning', format('rule %I on %s', r.rulename, m.relation),
        'rewrites statements on an append-only table, so that they do something else than they say',
        format('drop rule %I on %s', r.rulename, m.relation)
    from unnest(examined) m
    join pg_rewrite r on r.ev_class = m.relation
    where m.append_only;

    return query
    select 'info', format('foreign key %I on %s', k.conname, m.relation),
        format('changes rows where those of %s are removed or change their key, which the guard refuses there',
            k.confrelid::regclass),
        format('alter table %s drop constraint %I, add constraint %I %s', m.relation, k.conname, k.conname,
            -- Capture into a log puts nothing off (see _doctor_writes).
            regexp_replace(regexp_replace(case when m.role = 'log'
                    then replace(replace(pg_get_constraintdef(k.oid), ' INITIALLY DEFERRED', ''), ' DEFERRABLE', '')
                    else pg_get_constraintdef(k.oid) end,
                '( ON UPDATE [A-Z ]+)?( ON DELETE (CASCADE|SET NULL|SET DEFAULT)( \([^)]*\))?)', '\1'),
                ' ON UPDATE (CASCADE|SET NULL|SET DEFAULT)', ''))
    from unnest(examined) m
    join pg_constraint k on k.conrelid = m.relation and k.contype = 'f' and k.conparentid = 0
    where m.append_only
        and (k.confdeltype in ('c', 'n', 'd') or k.confupdtype in ('c', 'n', 'd'));
end
$$;

comment on function eventlog._doctor_guards(eventlog._doctor_table[]) is
    'internal: what doctor() finds about append-only tables';
