-- Whether the current role may say what becomes of the rejected events of a log: its owner, and its services.
-- The system catalog, which it reads, is open to everyone.
create or replace function eventlog._may_settle(log regclass) returns boolean
    language sql stable strict parallel safe
    set search_path = pg_catalog, pg_temp
as $$
    select pg_has_role(c.relowner, 'USAGE') or exists (
        select
        from pg_policy p cross join unnest(p.polroles) named (oid)
        where p.polrelid = c.oid and p.polname = 'eventlog_service' and pg_has_role(named.oid, 'USAGE'))
    from pg_class c
    where c.oid = $1
$$;

comment on function eventlog._may_settle(regclass) is
    'internal: whether the current role may say what becomes of the rejected events of a log';
