-- matches_schema and schema_violations, for any table.
select eventlog.matches_schema('{"type": "string"}', '"x"'), eventlog.matches_schema('{"type": "string"}', '1'),
    eventlog.matches_schema('true', '1'), eventlog.matches_schema('false', '1'),
    eventlog.matches_schema(null, '1'), eventlog.matches_schema('{}', null);
select * from eventlog.schema_violations('{"type": "string"}', '1');
select * from eventlog.schema_violations('{"type": "string"}', null);
select * from eventlog.schema_violations('{"type": "string"}', '"x"');
select eventlog.matches_schema('{"type": 1}', '1');

create table settings (
    name text primary key,
    value jsonb not null,
    check (eventlog.matches_schema('{"properties": {"port": {"type": "integer", "maximum": 65535}}, "required": ["port"]}', value))
);
insert into settings values ('a', '{"port": 80}');
insert into settings values ('b', '{"port": 80000}');
insert into settings values ('b', '{}');

-- every keyword has its words
select s.schema, v.*
from (values
    ('{"type": ["string", "null"]}', '1'),
    ('{"const": {"a": 1}}', '1'),
    ('{"enum": []}', '1'),
    ('{"multipleOf": 3}', '10'),
    ('{"maximum": 3}', '10'),
    ('{"exclusiveMaximum": 10}', '10'),
    ('{"minimum": 11.5}', '10'),
    ('{"exclusiveMinimum": 10}', '10'),
    ('{"maxLength": 1}', '"äö"'),
    ('{"minLength": 3}', '"äö"'),
    ('{"pattern": "^[a-z]+$"}', '"A"'),
    ('{"format": "date-time"}', '"yesterday"'),
    ('{"maxItems": 1}', '[1, 2]'),
    ('{"minItems": 3}', '[1, 2]'),
    ('{"uniqueItems": true}', '[1, 1.0]'),
    ('{"contains": {"const": 3}}', '[1, 2]'),
    ('{"contains": {"const": 1}, "minContains": 2}', '[1, 2]'),
    ('{"prefixItems": [{"type": "string"}], "items": false}', '[1, 2]'),
    ('{"prefixItems": [true], "unevaluatedItems": false}', '[1, 2]'),
    ('{"maxProperties": 0}', '{"a": 1}'),
    ('{"minProperties": 2}', '{"a": 1}'),
    ('{"required": ["b"]}', '{"a": 1}'),
    ('{"dependentRequired": {"a": ["b"]}}', '{"a": 1}'),
    ('{"propertyNames": {"maxLength": 0}}', '{"a": 1}'),
    ('{"additionalProperties": false}', '{"a": 1}'),
    ('{"properties": {"b": {}}, "additionalProperties": false}', '{"a": 1}'),
    ('{"unevaluatedProperties": false}', '{"a": 1}'),
    ('{"properties": {"a": false}}', '{"a": 1}'),
    ('{"not": {"type": "integer"}}', '1'),
    ('{"anyOf": [{"type": "string"}, {"minimum": 5}]}', '1'),
    ('{"anyOf": [{"type": "string"}, {"properties": {"a": {"type": "string"}}}]}', '{"a": 1}'),
    ('{"oneOf": [{"type": "string"}, {"minimum": 5}]}', '1'),
    ('{"oneOf": [{"type": "integer"}, {"minimum": 0}]}', '1'),
    ('{"if": {"type": "integer"}, "then": {"minimum": 5}}', '1'),
    ('{"allOf": [{"minimum": 5}, {"maximum": 0}]}', '1')
) s (schema, document)
cross join lateral eventlog.schema_violations(s.schema::jsonb, s.document::jsonb) v;

-- more levels than a schema is asked of, and as many
select eventlog.matches_schema('{"items": {"$ref": "#"}}', (repeat('[', 129) || repeat(']', 129))::jsonb),
    eventlog.matches_schema('{"items": {"$ref": "#"}}', (repeat('[', 128) || repeat(']', 128))::jsonb);
select * from eventlog.schema_violations('{}', (repeat('[', 5000) || repeat(']', 5000))::jsonb);

-- a document that would be asked for longer than anyone waits
select * from eventlog.schema_violations('{
    "anyOf": [
        {"type": "array", "items": {"allOf": [{"$ref": "#"}, {"$ref": "#"}]}},
        {"type": "array", "items": {"$ref": "#/$defs/no"}}
    ],
    "$defs": {"no": {"type": "array", "items": {"anyOf": [{"$ref": "#"}, {"$ref": "#/$defs/no"}]}}}
}', (repeat('[', 100) || '1' || repeat(']', 100))::jsonb);
