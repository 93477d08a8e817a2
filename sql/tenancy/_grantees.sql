-- The roles that were granted a privilege on a table or on a column of it, "public" among them. Its owner, who has
-- another policy, whoever has the owner's rights, and superusers are left out.
-- The system catalog, which it reads, is open to everyone.
create or replace function eventlog._grantees(relation regclass, privilege text) returns name[]
    language sql stable strict parallel safe
    set search_path = pg_catalog, pg_temp
as $$
    select array(
        select distinct case when g.grantee = 0 then 'public' else r.rolname end
        from pg_class c
        cross join lateral (
            select e.grantee, e.privilege_type from aclexplode(c.relacl) e
            union
            select e.grantee, e.privilege_type
            from pg_attribute a cross join lateral aclexplode(a.attacl) e
            where a.attrelid = c.oid
        ) g
        left join pg_roles r on r.oid = g.grantee
        where c.oid = $1
            and g.privilege_type = $2
            and (g.grantee = 0 or not r.rolsuper and not pg_has_role(g.grantee, c.relowner, 'USAGE'))
        order by 1
    )::name[]
$$;

comment on function eventlog._grantees(regclass, text) is
    'internal: the roles that were granted a privilege on a table';
