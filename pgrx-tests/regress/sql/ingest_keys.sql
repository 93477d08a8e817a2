-- Idempotency keys: a repetition is a duplicate, another event with the key is rejected, and what is rejected has no key.
select eventlog.create_log('public.events', tenant_type => 'text', require_tenant => false);
select eventlog.register_event_type('paid', required => '{amount}');
select index, outcome, event_id = first_value(event_id) over () as first, violations from eventlog.ingest_events('[
    {"type": "paid", "payload": {"amount": 1}, "idempotency_key": "a"},
    {"type": "paid", "payload": {"amount": 1.0}, "idempotency_key": "a"},
    {"type": "paid", "payload": {"amount": 2}, "idempotency_key": "a"},
    {"type": "paid", "payload": {"amount": 2}, "idempotency_key": "a", "tenant_id": "other"},
    {"type": "paid", "payload": {}, "idempotency_key": "b"},
    {"type": "paid", "payload": {"amount": 3}, "idempotency_key": "b"},
    {"type": "paid", "payload": {"amount": 4}, "idempotency_key": 7}
]');
-- Again, in another call and by log_event.
select index, outcome, event_id = (select id from public.events where idempotency_key = 'a' and tenant_id is null) as first,
    violations from eventlog.ingest_events('[
    {"type": "paid", "payload": {"amount": 1}, "idempotency_key": "a"},
    {"type": "paid", "payload": {"amount": 9}, "idempotency_key": "a"},
    {"type": "paid", "payload": {"amount": 9}, "idempotency_key": "c"}
]');
select eventlog.log_event('paid', '{"amount": 1}', idempotency_key => 'a') = (select id from public.events where idempotency_key = 'a' and tenant_id is null) as same;
insert into public.events (type, payload, idempotency_key) values ('paid', '{"amount": 1}', 'plain');
select outcome, violations from eventlog.ingest_events('[{"type": "paid", "payload": {"amount": 1}, "idempotency_key": "plain"}]');
select outcome, violations from eventlog.ingest_events(format('[{"type": "paid", "payload": {"amount": 1}, "idempotency_key": "%s"}]', repeat('x', 600))::json);
select key, tenant_id from public.events_key order by 1, 2;
select idempotency_key, tenant_id, payload from public.events order by seq;

-- A rule is asked after the key was claimed: the key of what breaks it stays free.
select eventlog.add_check_rule('positive', 'paid', '$.payload.amount > 0');
select index, outcome, violations from eventlog.ingest_events('[
    {"type": "paid", "payload": {"amount": -1}, "idempotency_key": "d"},
    {"type": "paid", "payload": {"amount": 5}},
    {"type": "paid", "payload": {"amount": 1}, "idempotency_key": "d"},
    {"type": "paid", "payload": {"amount": -2}, "idempotency_key": "e"},
    {"type": "paid", "payload": {"amount": -3}}
]');
select key from public.events_key where key >= 'd' and key < 'f';
-- A repetition is no transition.
select eventlog.register_event_type('order.open');
select eventlog.register_event_type('order.shut');
select eventlog.add_transition_rule('life', 'order', '{"": ["order.open"], "order.open": ["order.shut"]}');
select index, outcome, violations from eventlog.ingest_events('[
    {"type": "order.open", "entity_type": "order", "entity_id": 1, "idempotency_key": "o1"},
    {"type": "order.open", "entity_type": "order", "entity_id": 1, "idempotency_key": "o1"},
    {"type": "order.open", "entity_type": "order", "entity_id": 1, "idempotency_key": "o2"},
    {"type": "order.shut", "entity_type": "order", "entity_id": 1},
    {"type": "order.shut", "entity_type": "order", "entity_id": 2},
    {"type": "order.open", "entity_type": "order", "entity_id": 2}
]');
select entity_id, state from public.events_state order by 1;
select key from public.events_key where key like 'o_' order by 1;
