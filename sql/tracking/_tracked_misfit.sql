-- Inside the event trigger: a tracked table to which the statement has given a parent, or a child that is no partition.
-- Changes that go through the one or aim at the other would go unseen.
-- Outside an event trigger it fails; inside one it only looks.
create or replace function eventlog._tracked_misfit() returns regclass
    language sql volatile called on null input parallel unsafe
begin atomic
    select t.relation
    from pg_catalog.pg_event_trigger_ddl_commands() c
    join pg_catalog.pg_inherits i
        on i.inhrelid operator(pg_catalog.=) c.objid or i.inhparent operator(pg_catalog.=) c.objid
    join pg_catalog.pg_class child on child.oid operator(pg_catalog.=) i.inhrelid
    join eventlog.tracked_table t
        on t.relation::pg_catalog.oid operator(pg_catalog.=) i.inhrelid
            or (t.relation::pg_catalog.oid operator(pg_catalog.=) i.inhparent and not child.relispartition)
    where c.classid operator(pg_catalog.=) 'pg_catalog.pg_class'::pg_catalog.regclass
    order by t.tracking_id
    limit 1;
end;

comment on function eventlog._tracked_misfit() is
    'internal: a tracked table that a command gave a parent or a child';
