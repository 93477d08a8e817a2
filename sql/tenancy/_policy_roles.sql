-- The roles that a policy is for, "public" among them where it is for everyone; null where there is no such policy.
-- The system catalog, which it reads, is open to everyone.
create or replace function eventlog._policy_roles(relation regclass, policy name) returns name[]
    language sql stable strict parallel safe
    set search_path = pg_catalog, pg_temp
as $$
    select array(
        select case when u.role = 0 then 'public' else pg_get_userbyid(u.role) end
        from unnest(p.polroles) u (role)
        order by 1
    )::name[]
    from pg_policy p
    where p.polrelid = $1 and p.polname = $2
$$;

comment on function eventlog._policy_roles(regclass, name) is 'internal: the roles that a policy is for';
