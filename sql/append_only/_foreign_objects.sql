-- Inside the event trigger: how many objects the command put into this schema that are not the extension's, or whether
-- it altered the schema itself. Bound when it is made, so no name is looked up when it runs.
create function eventlog._foreign_objects(schema oid) returns bigint
    language sql volatile called on null input parallel unsafe
begin atomic
    select pg_catalog.count(*)
    from pg_catalog.pg_event_trigger_ddl_commands() c
    where not c.in_extension
        and (
            c.schema_name operator(pg_catalog.=) (
                select n.nspname::pg_catalog.text from pg_catalog.pg_namespace n where n.oid operator(pg_catalog.=) $1)
            or (c.command_tag operator(pg_catalog.=) 'ALTER SCHEMA' and c.objid operator(pg_catalog.=) $1)
        )
        and c.command_tag operator(pg_catalog.<>) 'COMMENT';
end;

-- Outside an event trigger it fails; inside one it only looks.
revoke all on function eventlog._foreign_objects(oid) from public;
grant execute on function eventlog._foreign_objects(oid) to public;

comment on function eventlog._foreign_objects(oid) is
    'internal: how many objects a command put into the extension''s schema';
