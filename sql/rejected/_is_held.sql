-- Whether row-level security holds a role to a tenant and an actor when it writes to a log, as it does not hold owners,
-- services, and whoever bypasses it. A role that is gone was held.
-- The system catalog, which it reads, is open to everyone.
create or replace function eventlog._is_held(log regclass, role name) returns boolean
    language sql stable strict parallel safe
    set search_path = pg_catalog, pg_temp
as $$
    select c.relrowsecurity and coalesce((
        select not (r.rolsuper or r.rolbypassrls or pg_has_role(r.oid, c.relowner, 'USAGE') or exists (
            select
            from pg_policy p cross join unnest(p.polroles) named (oid)
            where p.polrelid = c.oid and p.polname = 'eventlog_service' and pg_has_role(r.oid, named.oid, 'USAGE')))
        from pg_roles r
        where r.rolname = $2
    ), true)
    from pg_class c
    where c.oid = $1
$$;

comment on function eventlog._is_held(regclass, name) is
    'internal: whether policies hold a role that writes to a log to a tenant and an actor';
