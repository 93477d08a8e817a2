-- log_events writes an array, all or nothing; ids come back in order, and seq follows the array.
select eventlog.create_log('public.events', require_tenant => false);
select eventlog.register_event_type('paid', required => '{amount}');
\pset null '<null>'
select count(*) as returned, bool_and(id > before) as rising
from (select id, lag(id) over () as before from eventlog.log_events(
    (select jsonb_agg(jsonb_build_object('type', 'paid', 'payload', jsonb_build_object('amount', n))) from generate_series(1, 1000) n)
) id) e;
select count(*), bool_and(amount = place) as in_order
from (select (payload ->> 'amount')::int as amount, row_number() over (order by seq) as place from public.events) e;

-- Each id is that of the event in its place.
create table public.written as
select * from eventlog.log_events('[{"type": "paid", "payload": {"amount": "a"}}, {"type": "paid", "payload": {"amount": "b"}}]')
    with ordinality as w (id, place);
select w.place, e.payload from public.written w join public.events e using (id) order by 1;

-- Keys are log_event's parameters; null is the same as absent.
select count(*) from eventlog.log_events('[{"type": "paid", "payload": {"amount": 1.10}, "tenant_id": "11111111-1111-4111-8111-111111111111",
    "entity_type": "order", "entity_id": 7, "actor_type": "user", "actor_id": "u-1", "occurred_at": "2024-02-29T12:00:00Z",
    "context": {"tool": "till"}, "correlation_id": "corr", "causation_id": 12345678901234567890, "source_type": "shop",
    "source_id": "s-1", "version": 1, "idempotency_key": "key-1"},
  {"type": "paid", "payload": {"amount": 2}, "tenant_id": null, "entity_id": null, "occurred_at": null, "context": null, "version": null}]');
\x on
select tenant_id, entity_type, entity_id, actor_type, actor_id, nullif(occurred_at, recorded_at) as occurred_at, context, correlation_id, causation_id,
    source_type, source_id, version, idempotency_key, payload
from (select * from public.events order by seq desc limit 2) e order by seq;
\x off
select count(*) from eventlog.log_events('[]');

-- Into another log.
select eventlog.create_log('public.other', require_tenant => false, unregistered => 'allow');
select count(*) from eventlog.log_events('[{"type": "x"}]', 'other');
select type, payload from public.other;
