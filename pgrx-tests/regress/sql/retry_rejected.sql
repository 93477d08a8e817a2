-- Rejected events are tried again when what they broke has changed, or discarded.
select eventlog.create_log('public.events', tenant_type => 'text', require_tenant => false);
begin;
select eventlog.set_context('acme', 'user', 'ann');
select outcome from eventlog.ingest_events('[
    {"type": "a", "payload": {"n": 1}}, {"type": "b", "idempotency_key": "k"}, {"type": "a", "tenant_id": "other", "actor_id": "bob",
        "occurred_at": "2024-03-15 10:00+00"}, {"type": "c"}, 7]', 'feed');
commit;
select eventlog.register_event_type('a');
select index, outcome, event_id is not null as event, rejected_id = (array(select id from public.events_rejected order by id))[index + 1] as same,
    violations -> 0 ->> 'message' as message from eventlog.retry_rejected();
select type, tenant_id, actor_type, actor_id, occurred_at = (select received_at from public.events_rejected r where r.resolved_event_id = e.id) as received
from public.events e order by seq;
select event ->> 'type' as type, attempts, resolved_at is not null as resolved, resolved_event_id in (select id from public.events) as event,
    violations -> 0 ->> 'code' as code from public.events_rejected order by id;
-- What is resolved is not tried again.
select count(*) from eventlog.retry_rejected(array(select id from public.events_rejected where resolved_at is not null));
-- One by its name, whose key has been used since.
select eventlog.register_event_type('b');
select eventlog.log_event('b', tenant_id => 'acme', idempotency_key => 'k') is not null as logged;
select outcome, event_id = (select id from public.events where idempotency_key = 'k') as first from eventlog.retry_rejected(
    array(select id from public.events_rejected where event ->> 'type' = 'b'));
-- One that was not kept.
select outcome from eventlog.ingest_events(format('[{"type": "a", "payload": {"a": "%s"}}]', repeat('x', 2000000))::json);
select count(*) from eventlog.retry_rejected();
select outcome, violations from eventlog.retry_rejected(array(select id from public.events_rejected where event is null));

-- Discarded.
select eventlog.discard_rejected(array(select id from public.events_rejected), 'not worth it');
select eventlog.discard_rejected(array(select id from public.events_rejected), 'again');
select event ->> 'type' as type, attempts, resolved_event_id is not null as event, discarded_reason from public.events_rejected order by id;
select count(*) from eventlog.retry_rejected();
select eventlog.discard_rejected(null, 'x');
select eventlog.discard_rejected('{}', null);
select eventlog.discard_rejected('{}', '');
select eventlog.discard_rejected('{}', repeat('x', 2001));
select eventlog.discard_rejected(array[gen_random_uuid(), null], 'x');
select count(*) from eventlog.retry_rejected('{}');
select * from eventlog.retry_rejected(log => 'pg_class');
-- They are the owner's to remove.
delete from public.events_rejected;
