-- Inside the event trigger: guards what the statement added below a guarded table, partitions and children, and returns how many guards it took.
-- A body in standard SQL is bound when it is made, so no name is looked up when a superuser comes by.
-- Outside an event trigger it fails; inside one it does what the owner of the table could do.
create or replace function eventlog._guard_new_partitions() returns bigint
    language sql volatile called on null input parallel unsafe
begin atomic
    select pg_catalog.sum(
        -- CASE, since a join would be free to add guards first and to look for a guarded parent afterwards.
        case when exists (
            select
            from (
                select a.relid::pg_catalog.oid from pg_catalog.pg_partition_ancestors(c.objid::pg_catalog.regclass) a (relid)
                union all
                -- a parent that it inherits from without being a partition
                select i.inhparent from pg_catalog.pg_inherits i where i.inhrelid operator(pg_catalog.=) c.objid
            ) a (relid)
            join pg_catalog.pg_trigger t on t.tgrelid operator(pg_catalog.=) a.relid
            join pg_catalog.pg_proc p on p.oid operator(pg_catalog.=) t.tgfoid
            join pg_catalog.pg_language l on l.oid operator(pg_catalog.=) p.prolang
            where p.prosrc operator(pg_catalog.=) 'eventlog_forbid_change'
                and l.lanname operator(pg_catalog.=) 'c'
        ) then (
            select pg_catalog.count(*) from eventlog._add_guards(c.objid::pg_catalog.regclass)
        ) end
    )::bigint
    from pg_catalog.pg_event_trigger_ddl_commands() c
    where c.classid operator(pg_catalog.=) 'pg_catalog.pg_class'::pg_catalog.regclass
        and c.object_type operator(pg_catalog.=) any (array['table', 'foreign table']);
end;

comment on function eventlog._guard_new_partitions() is
    'internal: guards the partitions that a statement added to an append-only table';
