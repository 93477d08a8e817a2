-- What register_event_type and import_taxonomy say of schemas that are none, or that ask too much.
select eventlog.create_log('public.events', require_tenant => false);
select eventlog.register_event_type('x', schema => '7');
select eventlog.register_event_type('x', schema => '{"type": "strin"}');
select eventlog.register_event_type('x', schema => '{"properties": {"a": {"minimum": "1"}}}');
select eventlog.register_event_type('x', schema => '{"properties": {"a": {"pattern": "(?<=a)b"}}}');
select eventlog.register_event_type('x', schema => '{"properties": {"a": {"pattern": "("}}}');
select eventlog.register_event_type('x', schema => '{"$schema": "http://json-schema.org/draft-04/schema#"}');
select eventlog.register_event_type('x', schema => '{"$ref": "https://example.com/order.json"}');
select eventlog.register_event_type('x', schema => '{"$ref": "#/$defs/nowhere"}');
select eventlog.register_event_type('x', schema => '{"anyOf": [{"$ref": "#"}]}');
select eventlog.register_event_type('x', context_schema => '{"properties": {"a": {"type": 1}}}');
select eventlog.register_event_type('x', required => '{b}', schema => '{"properties": {"a": {}}, "additionalProperties": false}');
select eventlog.register_event_type('x', additional => 'drop');
select eventlog.register_event_type('x', additional => 'reject', schema => '{"$dynamicAnchor": "a", "allOf": [{"$dynamicRef": "#a"}]}');
select eventlog.register_event_type('x', additional => 'reject', schema => '{"anyOf": [{"$dynamicRef": "#a"}], "$defs": {"a": {"$dynamicAnchor": "a"}}}');
select eventlog.import_taxonomy('{"types": [{"type": "a"}, {"type": "b", "schema": {"type": "strin"}}]}');

-- deep, long, many
select eventlog.register_event_type('x', schema => (repeat('{"items": ', 200) || '{}' || repeat('}', 200))::jsonb);
select eventlog.register_event_type('x', schema => (repeat('{"not": ', 100) || '{}' || repeat('}', 100))::jsonb);
select eventlog.register_event_type('x', schema => jsonb_build_object('description', repeat('x', 1100000)));
select eventlog.register_event_type('x', schema => jsonb_build_object('$ref', '#/$defs/d0', '$defs', (
    select jsonb_object_agg('d' || n, jsonb_build_object('allOf', jsonb_build_array(
        jsonb_build_object('$ref', '#/$defs/d' || n + 1), jsonb_build_object('$ref', '#/$defs/d' || n + 1))))
    || '{"d30": {"type": "string"}}'
    from generate_series(0, 29) n)));

-- nothing came of it
select * from eventlog.event_types;

-- an older edition, by its name
select eventlog.register_event_type('older', schema => '{
    "$schema": "http://json-schema.org/draft-07/schema#",
    "definitions": {"id": {"type": "integer"}},
    "properties": {"id": {"$ref": "#/definitions/id"}},
    "dependencies": {"a": ["b"]}
}');
select * from eventlog.validate_event('older', '{"id": "x", "a": 1}');
