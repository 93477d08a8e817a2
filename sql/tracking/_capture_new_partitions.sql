-- Inside the event trigger: puts the capture triggers on what the statement added below a tracked table, and returns how
-- many it took. A body in standard SQL is bound when it is made, so no name is looked up when a superuser comes by.
-- Outside an event trigger it fails; inside one it does what the owner of the table could do.
create or replace function eventlog._capture_new_partitions() returns bigint
    language sql volatile called on null input parallel unsafe
begin atomic
    select pg_catalog.sum((
        select pg_catalog.count(*)
        from eventlog._add_capture(c.objid::pg_catalog.regclass, t.tracking_id,
            t.on_truncate operator(pg_catalog.=) 'capture')
    ))::bigint
    from pg_catalog.pg_event_trigger_ddl_commands() c
    join eventlog.tracked_table t
        on t.relation::pg_catalog.oid operator(pg_catalog.=)
            pg_catalog.pg_partition_root(c.objid::pg_catalog.regclass)::pg_catalog.oid
    where c.classid operator(pg_catalog.=) 'pg_catalog.pg_class'::pg_catalog.regclass
        and c.object_type operator(pg_catalog.=) any (array['table', 'foreign table'])
        -- A restore makes the triggers itself, after it has attached the partitions.
        and eventlog._carries_capture(t.relation, t.tracking_id);
end;

comment on function eventlog._capture_new_partitions() is
    'internal: tracks the partitions that a statement added to a tracked table';
