-- Privileges that nobody should have, or not everybody.
-- It reads what everyone may read.
create or replace function eventlog._doctor_grants(examined eventlog._doctor_table[]) returns setof eventlog._doctor_finding
    language plpgsql stable strict parallel unsafe
    set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    perform eventlog._check_doctor();

    return query
    with granted as (
        select m.*, e.grantee, e.privilege
        from unnest(examined) m
        join lateral (
            select x.grantee, x.privilege_type
            from pg_class c cross join lateral aclexplode(c.relacl) x where c.oid = m.relation
            union
            select x.grantee, x.privilege_type
            from pg_attribute a cross join lateral aclexplode(a.attacl) x where a.attrelid = m.relation
        ) e (grantee, privilege) on e.grantee <> m.owner
        left join pg_roles r on r.oid = e.grantee
        where r.rolsuper is not true
            -- of these nobody else may have anything
            and not (m.isolated and m.is_partition)
    )
    select
        case when g.grantee = 0 and not c.relrowsecurity and bool_or(g.privilege in ('SELECT', 'INSERT'))
            then 'error' else 'warning' end,
        g.relation::text,
        format('%s has %s%s',
            case when g.grantee = 0 then 'everyone (PUBLIC)' else pg_get_userbyid(g.grantee)::text end,
            string_agg(g.privilege, ', ' order by g.privilege),
            case when g.append_only and bool_or(g.privilege in ('UPDATE', 'DELETE', 'TRUNCATE'))
                then ', though rows are only added here'
                when bool_or(g.privilege in ('TRUNCATE', 'TRIGGER', 'REFERENCES'))
                then ', to which row-level security does not apply' end),
        format('revoke %s on %s from %s cascade', lower(string_agg(g.privilege, ', ' order by g.privilege)), g.relation,
            case when g.grantee = 0 then 'public' else quote_ident(pg_get_userbyid(g.grantee)) end)
    from granted g
    join pg_class c on c.oid = g.relation
    where case
            when g.role = 'table' then g.isolated and g.privilege in ('TRUNCATE', 'TRIGGER', 'REFERENCES')
            when g.grantee = 0 then true
            else g.privilege in ('UPDATE', 'DELETE', 'TRUNCATE', 'TRIGGER', 'REFERENCES')
        end
    group by g.relation, g.append_only, g.grantee, c.relrowsecurity;

    return query
    select 'warning', format('sequence %s', s.oid::regclass),
        format('%s may set back the order of recording of %s',
            case when e.grantee = 0 then 'everyone (PUBLIC)' else pg_get_userbyid(e.grantee)::text end, m.relation),
        format('revoke update on sequence %s from %s cascade', s.oid::regclass,
            case when e.grantee = 0 then 'public' else quote_ident(pg_get_userbyid(e.grantee)) end)
    from unnest(examined) m
    join pg_depend d on d.classid = 'pg_class'::regclass and d.refclassid = 'pg_class'::regclass
        and d.refobjid = m.relation and d.refobjsubid > 0
    join pg_class s on s.oid = d.objid and s.relkind = 'S'
    cross join lateral aclexplode(s.relacl) e
    left join pg_roles r on r.oid = e.grantee
    where m.role = 'log' and e.privilege_type = 'UPDATE' and e.grantee <> s.relowner and r.rolsuper is not true;

    return query
    select 'error', format('function %s', p.oid::regprocedure),
        'everyone may say in whose name and for which tenant they act (takes a superuser)',
        format('revoke execute on function %s from public cascade', p.oid::regprocedure)
    from pg_proc p
    cross join lateral aclexplode(p.proacl) e
    where p.pronamespace = 'eventlog'::regnamespace and p.proname = 'set_context' and e.grantee = 0;

    -- The installer and the database's owner may add rows, since they restore.
    return query
    select 'error', c.oid::regclass::text,
        format('%s has %s, and so can forge what the extension goes by (takes a superuser)',
            case when x.grantee = 0 then 'everyone (PUBLIC)' else pg_get_userbyid(x.grantee)::text end,
            string_agg(x.privilege_type, ', ' order by x.privilege_type)),
        format('revoke %s on %s from %s cascade', lower(string_agg(x.privilege_type, ', ' order by x.privilege_type)),
            c.oid::regclass, case when x.grantee = 0 then 'public' else quote_ident(pg_get_userbyid(x.grantee)) end)
    from pg_extension e
    join pg_depend d on d.refclassid = 'pg_extension'::regclass and d.refobjid = e.oid and d.deptype = 'e'
        and d.classid = 'pg_class'::regclass
    join pg_class c on c.oid = d.objid and c.relkind = 'r'
    cross join lateral aclexplode(c.relacl) x
    left join pg_roles r on r.oid = x.grantee
    where e.extname = 'pg_eventlog'
        and x.grantee <> c.relowner
        and r.rolsuper is not true
        and x.privilege_type in ('INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'TRIGGER', 'REFERENCES')
        and not (x.privilege_type = 'INSERT' and x.grantee in (e.extowner, 'pg_database_owner'::regrole))
    group by c.oid, x.grantee;
end
$$;

comment on function eventlog._doctor_grants(eventlog._doctor_table[]) is
    'internal: what doctor() finds about privileges';
