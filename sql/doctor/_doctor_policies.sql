-- Policies that are slow, or open what those of isolate_tenants close.
-- It reads what everyone may read.
create or replace function eventlog._doctor_policies(examined eventlog._doctor_table[]) returns setof eventlog._doctor_finding
    language plpgsql stable strict parallel unsafe
    set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    perform eventlog._check_doctor();

    -- On tables of ours whatever asks for the context; elsewhere what asks us for it. Anybody may make a policy, so only
    -- those are read that call one of these functions, and none that is larger than anybody writes.
    return query
    with candidates as materialized (
        select p.oid, p.polname, p.polrelid, p.polqual, m.relation is not null as is_ours
        from pg_policy p
        join pg_class c on c.oid = p.polrelid and c.relpersistence <> 't'
        left join unnest(examined) m on m.relation = p.polrelid
        where p.polqual is not null
            and octet_length(p.polqual::text) < 1000000
            and (m.relation is not null or exists (
                select from pg_depend d
                join pg_proc f on f.oid = d.refobjid and f.pronamespace = 'eventlog'::regnamespace
                where d.classid = 'pg_policy'::regclass and d.objid = p.oid and d.refclassid = 'pg_proc'::regclass))
    ),
    asked as materialized (
        select c.oid, c.polname, c.polrelid, eventlog._policy_text(c.oid, false) as text,
            string_agg(distinct format('%s.%s()', n.nspname, f.proname), ', ') as functions
        from candidates c
        cross join lateral eventlog._calls_per_row(c.polqual::text) u (oid)
        join pg_proc f on f.oid = u.oid
        join pg_namespace n on n.oid = f.pronamespace
        where n.nspname = 'eventlog' and f.proname like 'current\_%'
            or c.is_ours and (n.nspname = 'auth' and f.pronargs = 0
                or n.nspname = 'pg_catalog' and f.proname = 'current_setting')
        group by c.oid, c.polname, c.polrelid
    )
    select 'warning', format('policy %I on %s', a.polname, a.polrelid::regclass),
        format('calls %s for each row, and no index serves it', a.functions),
        format('alter policy %I on %s using (%s)', a.polname, a.polrelid::regclass, w.text)
    from asked a
    cross join lateral eventlog._wrap_calls(a.text) w (text)
    where w.text <> a.text;

    -- Postgres combines permissive policies with OR: what one lets pass is not stopped by another.
    return query
    select 'warning', format('policy %I on %s', p.polname, m.relation),
        format('lets rows pass that %s would stop, and takes the index from %s',
            string_agg(distinct ours.polname::text, ', '),
            case when count(distinct ours.oid) = 1 then 'it' else 'them' end),
        format('drop policy %I on %s', p.polname, m.relation)
    from unnest(examined) m
    join pg_policy p on p.polrelid = m.relation and p.polpermissive
    join pg_policy ours on ours.polrelid = m.relation and ours.oid <> p.oid
        and (p.polcmd = '*' or ours.polcmd = '*' or p.polcmd = ours.polcmd)
    cross join lateral unnest(p.polroles) theirs (oid)
    cross join lateral unnest(ours.polroles) mine (oid)
    left join pg_roles t on t.oid = theirs.oid
    left join pg_roles r on r.oid = mine.oid
    where m.isolated
        and p.polname not in (select k.policy from eventlog._policies() k)
        and ours.polname in (select k.policy from eventlog._policies() k)
        -- a superuser's membership in everything is none
        and (theirs.oid = 0 or mine.oid = 0 or theirs.oid = mine.oid
            or not r.rolsuper and pg_has_role(mine.oid, theirs.oid, 'USAGE')
            or not t.rolsuper and pg_has_role(theirs.oid, mine.oid, 'USAGE'))
    group by m.relation, p.polname;
end
$$;

comment on function eventlog._doctor_policies(eventlog._doctor_table[]) is
    'internal: what doctor() finds about policies';
