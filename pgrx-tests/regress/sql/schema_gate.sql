-- A JSON Schema of a type is asked of every event, on every way in; all that is wrong is told at once.
select eventlog.create_log('public.events', require_tenant => false);
select eventlog.register_event_type('order_placed', required => '{id}', schema => '{
    "type": "object",
    "properties": {
        "id": {"type": "integer", "minimum": 1},
        "email": {"type": "string", "format": "email"},
        "status": {"enum": ["draft", "sent"]},
        "lines": {
            "type": "array", "minItems": 1,
            "items": {
                "type": "object", "required": ["sku"],
                "properties": {"sku": {"type": "string"}, "price": {"type": "number", "multipleOf": 0.01}}
            }
        }
    },
    "additionalProperties": false
}', context_schema => '{"properties": {"ip": {"type": "string", "format": "ipv4"}}}',
    owner => 'orders', docs_url => 'https://example.com/contracts/orders');

select eventlog.log_event('order_placed',
    '{"id": 1, "email": "a@example.com", "status": "sent", "lines": [{"sku": "x", "price": 19.99}]}',
    context => '{"ip": "10.0.0.1", "more": true}') is not null as logged;

-- every way
select eventlog.log_event('order_placed',
    '{"email": "nobody", "more": 1, "status": "lost", "lines": [{"price": 19.999}, {"sku": 1}]}',
    context => '{"ip": "localhost"}');
select eventlog.log_events('[{"type": "order_placed", "payload": {"id": 1}}, {"type": "order_placed", "payload": {"id": 0}}]');
insert into events (type, payload) values ('order_placed', '{"id": "1"}');
copy events (type, payload) from stdin (format csv);
order_placed,"{""id"": 1.5}"
\.
select * from eventlog.validate_event('order_placed', '{"id": null, "lines": []}');
select * from eventlog.validate_event('order_placed', '{"id": 1.00, "lines": [{"sku": "a"}]}');

-- numbers keep their digits
select * from eventlog.validate_event('order_placed', '{"id": 1, "lines": [{"sku": "a", "price": 0.30}]}');
select * from eventlog.validate_event('order_placed', '{"id": 9007199254740993.5}');
select * from eventlog.validate_event('order_placed', '{"id": 1e400}');

-- no value of a payload is told, and no more of a key than can be read
select * from eventlog.validate_event('order_placed', jsonb_build_object('id', 'secret', repeat('k', 300), 'secret'));

-- an event of a type without a schema is not asked
select eventlog.register_event_type('note');
select eventlog.log_event('note', '{"anything": [1, 2]}') is not null as logged;
select count(*) from events;
