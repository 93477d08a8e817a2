-- What cannot be generated.
\set VERBOSITY default
select eventlog.generate_typescript();
select eventlog.create_log('public.events', tenant_type => 'text');
select eventlog.register_event_type('paid');
select eventlog.generate_typescript(log => 'pg_class');
select eventlog.generate_typescript('{paid,payed}');
select eventlog.generate_python('{paid,null}');
select eventlog.generate_typescript(options => null);
select eventlog.generate_typescript(options => '[]');
select eventlog.generate_typescript(options => '{"number": "exact"}');
select eventlog.generate_typescript(options => '{"numbers": "decimal"}');
select eventlog.generate_typescript(options => '{"msgspec": true}');
select eventlog.generate_python(options => '{"msgspec": "no"}');
select eventlog.generate_json_schema(options => '{"numbers": "exact"}');
select eventlog._generate('cobol', '{"types": []}', null, '{}');
select eventlog._generate('python', '{"types": 1}', null, '{}');

-- What comes back to itself, goes deep, or is large, is generated or refused, and no more.
select eventlog.register_event_type('deep', schema => format('{"properties": {"a": %s}}',
    (select string_agg('{"items": ', '') || '{}' || string_agg('}', '') from generate_series(1, 120)))::jsonb);
select eventlog.register_event_type('chain', schema => jsonb_build_object('properties', '{"a": {"$ref": "#/$defs/d1"}}'::jsonb,
    '$defs', (select jsonb_object_agg('d' || i, jsonb_build_object('type', 'array', 'items',
        jsonb_build_object('$ref', '#/$defs/d' || (i % 3000 + 1)))) from generate_series(1, 3000) i)));
select eventlog.register_event_type('wide', schema => jsonb_build_object('properties',
    (select jsonb_object_agg('key' || i, '{"type": ["string", "null"]}'::jsonb) from generate_series(1, 9000) i)));
select length(eventlog.generate_typescript()) > 100000 as typescript, length(eventlog.generate_python()) > 100000 as python,
    length(eventlog.generate_json_schema()) > 100000 as json_schema;
select eventlog.generate_json_schema(log => 'events') = eventlog.generate_json_schema() as same;
select count(*) from eventlog.import_taxonomy((select jsonb_build_object('types', jsonb_agg(
    t.type || jsonb_build_object('type', 'wide' || i))) from generate_series(1, 20) i,
    jsonb_path_query(eventlog.export_taxonomy(), '$.types[*] ? (@.type == "wide")') t (type)));
select eventlog.generate_typescript();
