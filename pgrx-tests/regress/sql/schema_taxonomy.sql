-- Schemas in the taxonomy's document, and as part of a contract.
select eventlog.create_log('public.events', require_tenant => false);
select eventlog.register_event_type('a', schema => '{"properties": {"x": {"type": ["null", "string"], "default": null, "const": null}}}',
    context_schema => '{"required": ["ip"]}', additional => 'reject', owner => 'team', docs_url => 'https://example.com');
-- nulls inside a schema stay
select jsonb_pretty(eventlog.export_taxonomy());
select * from eventlog.import_taxonomy(eventlog.export_taxonomy());

-- words do not make a version, and a schema does
select eventlog.register_event_type('a', schema => '{"properties": {"x": {"type": ["null", "string"], "default": null, "const": null}}}',
    context_schema => '{"required": ["ip"]}', additional => 'reject', owner => 'another', docs_url => 'https://example.org');
select eventlog.register_event_type('a', schema => '{"properties": {"x": {}}}', context_schema => '{"required": ["ip"]}', additional => 'reject');
select eventlog.register_event_type('a', schema => '{"properties": {"x": {}}}', additional => 'reject');
select eventlog.register_event_type('a', schema => '{"properties": {"x": {}}}');
select eventlog.register_event_type('a');
select type, version, schema, context_schema, additional, owner, docs_url from eventlog.event_type order by version;
select type, default_version, schema, context_schema, additional, owner, docs_url from eventlog.event_types;

-- versions stand side by side
select eventlog.validate_event('a', '{"x": "1"}'), eventlog.validate_event('a', '{"x": "1"}', version => 4);
-- what a schema demands changes for sessions that have asked it
select eventlog.register_event_type('a', version => 4, schema => '{"required": ["y"]}');
select * from eventlog.validate_event('a', '{"x": "1"}', version => 4);

-- who changed what is on record
select detail -> 'schema' as schema, detail -> 'owner' as owner from eventlog.admin_log where action = 'register_event_type' and object = 'a' order by id limit 2;

-- the note keeps all of it, and stands up again
drop extension pg_eventlog cascade;
create extension pg_eventlog;
select * from eventlog.repair_log('events');
select eventlog.validate_event('a', '{"x": "1"}'), eventlog.validate_event('a', '{"x": "1"}', version => 4);

-- a long taxonomy is too much for a note, which says so, and the doctor does
select count(*) from eventlog.import_taxonomy((
    select jsonb_build_object('types', jsonb_agg(jsonb_build_object('type', 'long_' || n, 'schema',
        jsonb_build_object('description', repeat('x', 9000)))))
    from generate_series(1, 30) n));
select severity, object, finding, remedy from eventlog.doctor() where finding like '%taxonomy%';
drop extension pg_eventlog cascade;
create extension pg_eventlog;
select * from eventlog.repair_log('events');
select count(*) from eventlog.event_types;
