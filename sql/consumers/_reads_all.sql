-- Whether row-level security leaves a role all rows of a log: there is a policy for it that is true for each, and no
-- restrictive one.
create or replace function eventlog._reads_all(log regclass, role oid) returns boolean
    language sql stable strict parallel safe
    set search_path = pg_catalog, pg_temp
as $$
    select case
        when not c.relrowsecurity or r.rolsuper or r.rolbypassrls
            or pg_has_role(r.oid, c.relowner, 'USAGE') and not c.relforcerowsecurity then true
        else coalesce((
            select bool_or(p.polpermissive and pg_get_expr(p.polqual, p.polrelid) = 'true') and bool_and(p.polpermissive)
            from pg_policy p
            where p.polrelid = c.oid
                and p.polcmd in ('r', '*')
                and exists (
                    select from unnest(p.polroles) named (oid)
                    where named.oid = 0 or pg_has_role(r.oid, named.oid, 'USAGE'))
        ), false)
    end
    from pg_class c cross join pg_roles r
    where c.oid = log and r.oid = role
$$;

comment on function eventlog._reads_all(regclass, oid) is
    'internal: whether row-level security leaves a role all rows of a log';
