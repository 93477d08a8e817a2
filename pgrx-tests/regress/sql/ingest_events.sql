-- Good events are logged, bad ones kept: no element takes another one along.
select eventlog.create_log('public.events', tenant_type => 'text', max_payload_bytes => 300);
select eventlog.register_event_type('paid', required => '{amount}', docs_url => 'https://example.com/paid');
select eventlog.register_event_type('sent', max_payload_bytes => 10000, schema => '{"properties": {"to": {"type": "string", "format": "email"}}}');
begin;
select eventlog.set_context('acme', 'user', 'ann', context => '{"request": 7}');
select index, outcome, event_id is not null as event, rejected_id is not null as kept, violations
from eventlog.ingest_events('[
    {"type": "paid", "payload": {"amount": 1.50}},
    {"type": "paid", "payload": {}},
    {"type": "unknown", "payload": {}},
    {"type": "sent", "payload": {"to": "nobody"}, "entity_id": 7, "occurred_at": "2024-03-15 10:00+00"},
    {"type": "sent", "payload": {"to": "x@example.com"}},
    null, 17, "paid", [{"type": "paid"}], {},
    {"type": "paid", "payload": {"amount": "\u0000"}},
    {"type": "paid", "payload": {"amount": "\ud800"}},
    {"type": "paid", "payload": {"amount": 1e999999}},
    {"type": "paid", "payload": [1]},
    {"type": "paid", "payload": null},
    {"type": "paid", "payload": {"amount": 1}, "occured_at": "now", "version": 0.5, "actor_id": [], "occurred_at": "soon"},
    {"type": "paid", "payload": {"amount": 1}, "version": 9},
    {"type": "paid", "payload": {"amount": 1}, "occurred_at": "infinity"},
    {"type": "paid", "payload": {"amount": 1}, "idempotency_key": ""},
    {"type": "paid", "payload": {"amount": 1}, "tenant_id": ""},
    {"type": "", "payload": {"amount": 1}},
    {"type": "paid", "payload": {"amount": 2}, "type": "sent"}
]', 'webhook');
select type, tenant_id, actor_id, payload, context from public.events order by seq;
select source, tenant_id, sent_by = current_user as sent_by, actor_type, actor_id, event, bytes = length(event::text) as bytes, sha256, redacted,
    violations -> 0 ->> 'code' as code, attempts, resolved_at, resolved_event_id, discarded_reason
from public.events_rejected order by id;

-- A huge one.
select outcome, violations -> 0 ->> 'code' as code from eventlog.ingest_events(format('[{"type": "paid", "payload": {"amount": 1, "a": "%s"}},
    {"type": "paid", "payload": {"amount": 1, "a": "%s"}}, {"type": "paid", "payload": {"amount": 3}}]',
    repeat('x', 1000), repeat('x', 2000000))::json);
select event is not null as kept, bytes, sha256 = sha256(convert_to(format('{"type": "paid", "payload": {"amount": 1, "a": "%s"}}', repeat('x', 2000000)), 'UTF8')) as hash
from public.events_rejected order by id desc limit 2;
-- A deep one.
select outcome, violations -> 0 ->> 'code' as code from eventlog.ingest_events(format('[{"type": "sent", "payload": {"a": %s1%s}}, {"type": "sent"}]',
    repeat('[', 200), repeat(']', 200))::json);
commit;
-- Without a tenant.
select index, outcome, violations from eventlog.ingest_events('[{"type": "paid", "payload": {"amount": 1}}, {"type": "sent", "tenant_id": "t"}]');
select tenant_id is null as none, tenant_id from public.events_rejected order by id desc limit 1;

-- None at all, and what is no array.
select * from eventlog.ingest_events('[]');
select * from eventlog.ingest_events(null);
select * from eventlog.ingest_events('{"type": "paid"}');
select * from eventlog.ingest_events('"x"');
select * from eventlog.ingest_events('[{"type": "paid"}', 'x');
select * from eventlog.ingest_events('[]', repeat('x', 513));
select * from eventlog.ingest_events('[]', log => 'pg_class');

-- An array of 1,000 with 3 bad ones, in one transaction.
begin;
select eventlog.set_context('acme');
select outcome, count(*), min(index), max(index)
from eventlog.ingest_events((select json_agg(json_build_object('type', case when i in (3, 500, 1000) then 'no' else 'sent' end)) from generate_series(1, 1000) i))
group by outcome order by outcome;
select count(distinct xmin::text::bigint) as transactions, count(*) from public.events where xid = (select max(xid) from public.events);
commit;
-- Nothing of a transaction that is rolled back.
begin;
select count(*) as kept from public.events_rejected \gset
select outcome from eventlog.ingest_events('[{"type": "no"}]');
rollback;
select count(*) - :kept as more from public.events_rejected;
begin read only;
select * from eventlog.ingest_events('[{"type": "no"}]');
rollback;
