-- What a repeated key is compared with is stored, and so is the same in every release: events as they were given, numbers
-- without their scale, the tenant and the key left out.
select eventlog.create_log('public.events', tenant_type => 'text', require_tenant => false, unregistered => 'allow');
select count(eventlog.log_event('paid', idempotency_key => 'least'));
select count(eventlog.log_event('paid', '{"amount": 1.10, "of": [null, true, "x", {"a": -0.0}], "": 12345678901234567890.123}',
    idempotency_key => 'document'));
select count(eventlog.log_event('paid', '{"of": [null, true, "x", {"a": 0}], "": 12345678901234567890.12300, "amount": 1.1}',
    tenant_id => 'acme', idempotency_key => 'the same document'));
select count(eventlog.log_event('paid', '{"n": 1}', 'acme', 'order', '7', 'user', 'u1', '2026-01-02 03:04:05.678901+00',
    '{"ip": "::1"}', 'c1', 'c0', 'web', 's1', 3, 'all'));
select count(*) from eventlog.log_events('[{"type": "paid", "idempotency_key": "least of many"},
    {"type": "paid", "payload": {"n": 1.0}, "tenant_id": "acme", "entity_type": "order", "entity_id": 7, "actor_type": "user",
     "actor_id": "u1", "occurred_at": "2026-01-02 03:04:05.678901+00", "context": {"ip": "::1"}, "correlation_id": "c1",
     "causation_id": "c0", "source_type": "web", "source_id": "s1", "version": 3, "idempotency_key": "all of many"}]');
select key, encode(hash, 'hex') from public.events_key order by key collate "C";
