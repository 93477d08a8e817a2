-- Whether a role may have its tables tracked into a log: it has the rights of the log's owner, or of a role that the owner
-- named with grant_tracker. Null where there is no such log or role.
-- The system catalog, which it reads, is open to everyone.
create or replace function eventlog._may_track(log regclass, role oid) returns boolean
    language sql stable strict parallel safe
    set search_path = pg_catalog, pg_temp
as $$
    select pg_has_role(r.oid, c.relowner, 'USAGE') or exists (
        select
        from pg_policy p cross join unnest(p.polroles) named (oid)
        where p.polrelid = c.oid
            and p.polname = 'eventlog_tracker'
            -- not PUBLIC, which no grant names
            and named.oid <> 0
            and pg_has_role(r.oid, named.oid, 'USAGE')
    )
    from pg_class c cross join pg_roles r
    where c.oid = $1 and r.oid = $2
$$;

comment on function eventlog._may_track(regclass, oid) is
    'internal: whether a role may have its tables tracked into a log';
