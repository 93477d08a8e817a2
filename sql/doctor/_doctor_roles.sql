-- Roles that no policy holds, and that read or write where policies are meant to.
-- It reads what everyone may read.
create or replace function eventlog._doctor_roles(examined eventlog._doctor_table[]) returns setof eventlog._doctor_finding
    language plpgsql stable strict parallel unsafe
    set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    perform eventlog._check_doctor();

    return query
    with recursive granted as (
        select m.relation, m.owner, m.role = 'log' as is_log, e.grantee, e.privilege
        from unnest(examined) m
        join lateral (
            select x.grantee, x.privilege_type
            from pg_class c cross join lateral aclexplode(c.relacl) x where c.oid = m.relation
            union
            select x.grantee, x.privilege_type
            from pg_attribute a cross join lateral aclexplode(a.attacl) x where a.attrelid = m.relation
        ) e (grantee, privilege) on e.grantee <> m.owner and e.grantee <> 0
        where not m.is_partition
            and (m.role = 'log' or m.isolated and m.role = 'table')
            -- A service writes for every tenant, and a consumer reads what all of them wrote.
            and case e.privilege
                when 'INSERT' then pg_get_userbyid(e.grantee)
                    <> all (coalesce(eventlog._policy_roles(m.relation, 'eventlog_service'), '{}'))
                when 'SELECT' then pg_get_userbyid(e.grantee)
                    <> all (coalesce(eventlog._policy_roles(m.relation, 'eventlog_consumer'), '{}'))
                when 'UPDATE' then m.role = 'table'
                when 'DELETE' then m.role = 'table'
                else false
            end
    ),
    -- Not by pg_has_role(), which takes a superuser for a member of every role.
    used as (
        select g.relation, g.owner, g.is_log, g.grantee, g.privilege, g.grantee as role
        from granted g
        union
        select u.relation, u.owner, u.is_log, u.grantee, u.privilege, m.member
        from used u join pg_auth_members m on m.roleid = u.role
    )
    select
        -- To take a membership from a superuser changes nothing about what that role may do.
        case when r.rolsuper and bool_and(u.role <> u.grantee) then 'info' else 'warning' end,
        format('role %s', r.rolname),
        format('bypasses row-level security (%s) and has %s on %s%s: no policy holds it to a tenant%s',
            case when r.rolsuper then 'SUPERUSER' else 'BYPASSRLS' end,
            string_agg(distinct u.privilege, ', '), u.relation,
            case when bool_and(u.role <> u.grantee)
                then ' as a member of ' || string_agg(distinct pg_get_userbyid(u.grantee)::text, ', ') end,
            case when as_service.so then '; the remedy says so, and makes it a service or consumer' else ' (takes a superuser)' end),
        case
            when as_service.so then concat_ws('; ',
                case when bool_or(u.privilege = 'INSERT') then format(
                    'select eventlog.revoke_writer(%1$L, %2$L); select eventlog.grant_service(%1$L, %2$L)',
                    u.relation, r.rolname) end,
                case when bool_or(u.privilege = 'SELECT') then format(
                    'select eventlog.revoke_reader(%1$L, %2$L); select eventlog.grant_consumer(%1$L, %2$L)',
                    u.relation, r.rolname) end)
            when not r.rolsuper then format('alter role %I nobypassrls', r.rolname)
            else concat_ws('; ',
                case when r.rolname = any (eventlog._policy_roles(u.relation, 'eventlog_write')) and u.is_log
                    then format('select eventlog.revoke_writer(%L, %L)', u.relation, r.rolname) end,
                case when r.rolname = any (eventlog._policy_roles(u.relation, 'eventlog_read')) and u.is_log
                    then format('select eventlog.revoke_reader(%L, %L)', u.relation, r.rolname) end,
                case when bool_or(u.role = u.grantee)
                    then format('revoke all on %s from %I cascade', u.relation, r.rolname) end,
                (select string_agg(distinct format('revoke %I from %I', pg_get_userbyid(m.roleid), r.rolname), '; ')
                    from pg_auth_members m join used w on w.role = m.roleid and w.relation = u.relation
                    where m.member = r.oid))
        end
    from used u
    join pg_roles r on r.oid = u.role
    -- Nobody logs in as a role for servers, such as Supabase's service_role: it is meant to bypass policies.
    cross join lateral (
        select not r.rolsuper and not r.rolcanlogin and u.is_log and u.role = u.grantee
    ) as_service (so)
    -- Whoever has the rights of the owner sees everything by the owner's policy.
    where (r.rolsuper or r.rolbypassrls and not pg_has_role(r.oid, u.owner, 'USAGE'))
        and (r.rolsuper or r.rolcanlogin or u.is_log)
    group by r.oid, r.rolname, r.rolsuper, u.relation, u.is_log, as_service.so;
end
$$;

comment on function eventlog._doctor_roles(eventlog._doctor_table[]) is
    'internal: what doctor() finds about roles that bypass row-level security';
