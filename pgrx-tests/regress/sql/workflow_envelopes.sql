-- Workflow envelopes go in and come out as they were.
select eventlog.create_log('public.events', tenant_type => 'text', require_tenant => false);
select eventlog.register_event_type('invoice.created', required => '{invoice_id}');
select eventlog.register_event_type('invoice.created', required => '{invoice_id,amount}', version => 2);
create function comes_back(event jsonb) returns text language plpgsql as $$
declare
    logged uuid := eventlog.log_envelope(event);
    shown jsonb;
begin
    select eventlog.to_envelope(to_jsonb(e)) into strict shown from public.events e where e.id = logged;
    return case when shown = event then 'as it was' else shown::text end;
end
$$;
begin;
select eventlog.set_context('acme', 'user', 'ann', correlation_id => 'c-1', context => '{"request": 7}');
select comes_back(e) from (values
    ('{"eventId": "evt_123abc", "pattern": "invoice.created", "version": "1.0", "source": {"type": "integration", "id": "xero_main"},
        "timestamp": "2024-03-15T10:00:00Z", "payload": {"invoice_id": "INV-001", "amount": 1500.00},
        "metadata": {"correlationId": "corr", "causationId": "evt_abc", "context": {"type": "client", "id": "client_123"}}}'::jsonb),
    ('{"eventId": 7, "pattern": "invoice.created", "version": "1.4", "timestamp": "2024-03-15T10:00:00", "payload": {"invoice_id": 1}}'),
    ('{"pattern": "invoice.created", "version": "2", "source": {}, "payload": {"invoice_id": 1, "amount": 0.10}, "metadata": {"retry": [1, null]}}'),
    ('{"pattern": "invoice.created", "payload": {"invoice_id": 1}, "metadata": {"context": {"envelope": {"x": 1}, "none": null}}}')
) v (e);
select version, idempotency_key, source_type, source_id, correlation_id, causation_id, tenant_id, actor_id, context
from public.events order by seq;
commit;

-- What came twice is stored once.
begin;
select eventlog.set_context('acme');
select eventlog.log_envelope('{"eventId": 7, "pattern": "invoice.created", "version": "1.4", "timestamp": "2024-03-15T10:00:00", "payload": {"invoice_id": 1}}')
    = (select id from public.events where idempotency_key = '7') as same;
commit;

-- An event of the log's own.
select eventlog.log_event('invoice.created', '{"invoice_id": 3, "amount": 2}', entity_type => 'invoice', entity_id => 3, version => 2,
    context => '{"type": "global"}', occurred_at => '2024-03-15 10:00+00') is not null as logged;
select jsonb_pretty(eventlog.to_envelope(to_jsonb(e)) - 'eventId') as event, eventlog.to_envelope(to_jsonb(e)) ->> 'eventId' = e.id::text as id
from public.events e where entity_id = '3';

-- What is no envelope.
select eventlog.log_envelope(null);
select eventlog.log_envelope('"x"');
select eventlog.log_envelope('{}');
select eventlog.log_envelope('{"pattern": "invoice.created", "paylod": {}}');
select eventlog.log_envelope('{"pattern": "invoice.created", "source": {"kind": "x"}}');
select eventlog.log_envelope('{"pattern": "invoice.created", "version": "v1"}');
select eventlog.log_envelope('{"pattern": "invoice.created", "version": "0.9"}');
select eventlog.log_envelope('{"pattern": "invoice.created", "timestamp": "soon"}');
-- And what the log does not take.
select eventlog.log_envelope('{"pattern": "invoice.created", "version": "3.1"}');
select eventlog.log_envelope('{"pattern": "invoice.created", "payload": [1]}');
select eventlog.to_envelope(null);
select eventlog.to_envelope('{"id": "x"}');
select count(*) from public.events;
