-- additional => 'reject': keys that the contract does not know are refused.
select eventlog.create_log('public.events', require_tenant => false);
select eventlog.register_event_type('plain', required => '{a}', optional => '{b}', additional => 'reject');
select eventlog.log_event('plain', '{"a": 1, "b": {"anything": 1}}') is not null as logged;
select eventlog.log_event('plain', '{"a": 1, "c": 1, "d": 1}');

-- what a schema knows: also in what it applies to the same value
select eventlog.register_event_type('more', required => '{a}', additional => 'reject', schema => '{
    "properties": {"b": {}},
    "patternProperties": {"^x_": {"type": "string"}},
    "allOf": [{"$ref": "#/$defs/who"}],
    "if": {"properties": {"kind": {"const": "card"}}, "required": ["kind"]},
    "then": {"properties": {"number": {}}, "required": ["number"]},
    "not": {"properties": {"never": {}}, "required": ["never"]},
    "$defs": {"who": {"properties": {"who": {}}}}
}');
select * from eventlog.validate_event('more', '{"a": 1, "b": 1, "x_1": "a", "who": 1, "kind": "card", "number": 1}');
select * from eventlog.validate_event('more', '{"a": 1, "x_1": 2, "y": 1, "kind": "card"}');

-- a closed schema says the same once
select eventlog.register_event_type('both', required => '{a}', additional => 'reject',
    schema => '{"properties": {"a": {}}, "required": ["a"], "additionalProperties": false}');
select * from eventlog.validate_event('both', '{"b": 1}');
