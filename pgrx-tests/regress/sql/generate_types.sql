-- Types for programs come from the taxonomy: TypeScript, Python, one document of JSON Schema.
select eventlog.create_log('public.events', tenant_type => 'text');
select count(*) from eventlog.import_taxonomy('{"types": [
    {"type": "order_shipped", "required": ["order_id"], "description": "it left */ the house", "entity_types": ["order"],
     "schema": {"properties": {"order_id": {"type": "integer", "minimum": 1}, "carrier": {"enum": ["dhl", "ups"]},
        "to": {"$ref": "#/$defs/address"}},
        "$defs": {"address": {"type": "object", "required": ["city"], "properties": {"city": {"type": "string"}}}}}},
    {"type": "order_shipped", "version": 2, "additional": "reject", "required": ["order_id"],
     "schema": {"properties": {"order_id": {"type": "string", "format": "uuid"}}}},
    {"type": "noted", "optional": ["class"], "status": "retired"}
]}');

\pset format unaligned
\pset tuples_only on
select eventlog.generate_json_schema();

-- What stands before the events in TypeScript is the same for all.
select regexp_replace(eventlog.generate_typescript(options => '{"numbers": "exact"}'), '^.*(?=export type OrderShippedV1Address )', '')
    ~ 'order_id: Whole;' as exact;
select substring(eventlog.generate_typescript() from 'export type OrderShippedV1Address.*export type EventType =[^;]*;');

select substring(eventlog.generate_python() from 'class OrderShippedV1Address.*EVENT_TYPES[^)]*\)');

-- The same taxonomy gives the same text, and a dump of it too.
select md5(eventlog.generate_typescript()) = md5(eventlog.generate_typescript()) as same;
select count(*) from eventlog.import_taxonomy(eventlog.export_taxonomy()) where action <> 'unchanged';

-- Some types, and those that are retired.
select eventlog.generate_typescript('{order_shipped}') ~ 'Noted', eventlog.generate_typescript() ~ 'Noted',
    eventlog.generate_typescript(options => '{"retired": true}') ~ 'export type NotedV1 ';
select eventlog.generate_typescript(options => '{"zod": false}') ~ 'zod', eventlog.generate_python(options => '{"msgspec": false}') ~ 'import msgspec';
select eventlog.generate_typescript('{}') ~ 'export type EventDraft = never;', eventlog.generate_json_schema('{}');
