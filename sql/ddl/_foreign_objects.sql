-- Inside the event trigger: how many objects the command put into this schema that are not the extension's, those of
-- another extension included, or an extension itself; with shapes, also whether it altered the schema. Bound when it is
-- made, so no name is looked up when it runs.
-- Outside an event trigger it fails; inside one it only looks.
create or replace function eventlog._foreign_objects(schema oid, shapes boolean) returns bigint
    language sql volatile called on null input parallel unsafe
begin atomic
    select pg_catalog.count(*)
    from pg_catalog.pg_event_trigger_ddl_commands() c
    where c.command_tag operator(pg_catalog.<>) 'COMMENT'
        and (
            c.schema_name operator(pg_catalog.=) (
                select n.nspname::pg_catalog.text from pg_catalog.pg_namespace n where n.oid operator(pg_catalog.=) $1)
            and not exists (
                select
                from pg_catalog.pg_depend d
                join pg_catalog.pg_extension e on e.oid operator(pg_catalog.=) d.refobjid
                where d.refclassid operator(pg_catalog.=) 'pg_catalog.pg_extension'::pg_catalog.regclass
                    and d.deptype operator(pg_catalog.=) 'e'
                    and e.extname operator(pg_catalog.=) 'pg_eventlog'
                    and d.classid operator(pg_catalog.=) c.classid
                    -- An index is what its table is.
                    and d.objid operator(pg_catalog.=) coalesce(
                        (select i.indrelid from pg_catalog.pg_index i
                            where i.indexrelid operator(pg_catalog.=) c.objid
                                and c.classid operator(pg_catalog.=) 'pg_catalog.pg_class'::pg_catalog.regclass),
                        c.objid)
            )
            or (c.classid operator(pg_catalog.=) 'pg_catalog.pg_extension'::pg_catalog.regclass and exists (
                select
                from pg_catalog.pg_extension e
                where e.oid operator(pg_catalog.=) c.objid
                    and e.extname operator(pg_catalog.<>) 'pg_eventlog'
                    and e.extnamespace operator(pg_catalog.=) $1))
            or ($2 and c.command_tag operator(pg_catalog.=) 'ALTER SCHEMA' and c.objid operator(pg_catalog.=) $1)
        );
end;

comment on function eventlog._foreign_objects(oid, boolean) is
    'internal: how many objects a command put into the extension''s schema';
