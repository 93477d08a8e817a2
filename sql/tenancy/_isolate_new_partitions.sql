-- Inside the event trigger: closes what the statement added below an isolated table, and returns how many steps it took.
-- A body in standard SQL is bound when it is made, so no name is looked up when a superuser comes by.
-- Outside an event trigger it fails; inside one it does what the owner of the table could do.
create or replace function eventlog._isolate_new_partitions() returns bigint
    language sql volatile called on null input parallel unsafe
begin atomic
    select pg_catalog.sum((
        select pg_catalog.count(*)
        from eventlog._cover_partitions(c.objid::pg_catalog.regclass, isolated.force)
    ))::bigint
    from pg_catalog.pg_event_trigger_ddl_commands() c
    cross join lateral (
        select a.relforcerowsecurity as force
        from pg_catalog.pg_partition_ancestors(c.objid::pg_catalog.regclass) with ordinality t (relid, distance)
        join pg_catalog.pg_class a on a.oid operator(pg_catalog.=) t.relid::pg_catalog.oid
        join pg_catalog.pg_policy p on p.polrelid operator(pg_catalog.=) a.oid
        where a.relrowsecurity
            and p.polname operator(pg_catalog.=) 'eventlog_owner'
        -- What has just been attached may have been isolated by itself: the table above it decides.
        order by t.distance desc
        limit 1
    ) isolated
    where c.classid operator(pg_catalog.=) 'pg_catalog.pg_class'::pg_catalog.regclass
        and c.object_type operator(pg_catalog.=) any (array['table', 'foreign table']);
end;

comment on function eventlog._isolate_new_partitions() is
    'internal: closes the partitions that a statement added to an isolated table';
