-- The telemetry of a SaaS product: eleven event types in six domains, and the questions that it is kept for.
-- From the repository's root: psql -f examples/saas-telemetry/run.sql DATABASE
\set ON_ERROR_STOP on
begin;
create schema saas_telemetry;
set local search_path = saas_telemetry;
set local timezone = 'UTC';
select eventlog.create_log('event_log') as log;
set local eventlog.default_log = 'saas_telemetry.event_log';
\ir setup.sql
\ir queries.sql

\set tenant 'b7d0a2f4-3c55-4f0e-9a51-2c6d8e9f0a01'

-- Four conversations on two days; a human had to take over one of them.
insert into events (tenant_id, name, data, created_at)
select :'tenant', 'conversation_started',
    jsonb_build_object('sessionId', format('s-%s', n), 'conversationId', format('c-%s', n)),
    timestamptz '2025-08-25 09:00' + n * interval '8 hours'
from generate_series(1, 4) as n;

insert into events (tenant_id, name, data, created_at) values
    (:'tenant', 'message_sent', '{"conversationId": "c-4", "role": "user"}', '2025-08-26 17:01'),
    (:'tenant', 'message_sent', '{"conversationId": "c-4", "role": "assistant", "confidence": 0.31}', '2025-08-26 17:02'),
    (:'tenant', 'escalation_triggered', '{"conversationId": "c-4", "reason": "low_confidence"}', '2025-08-26 17:03'),
    (:'tenant', 'integration_succeeded', '{"integrationId": "i-1", "type": "slack"}', '2025-08-26 17:04'),
    (:'tenant', 'integration_failed', '{"integrationId": "i-2", "type": "zendesk", "errorCode": "timeout"}', '2025-08-26 17:05'),
    (:'tenant', 'ingest_started', '{"sourceType": "sitemap", "url": "https://example.com/sitemap.xml"}', '2025-08-26 18:00'),
    (:'tenant', 'ingest_completed',
        '{"sourceType": "sitemap", "url": "https://example.com/sitemap.xml", "docs": 12, "chunks": 240}', '2025-08-26 18:01'),
    (:'tenant', 'ingest_failed', '{"sourceType": "url", "url": "https://example.com/gone", "errorCode": "404"}', '2025-08-26 18:02'),
    (:'tenant', 'quota_exceeded', '{"quotaType": "messages", "limit": 1000, "attempted": 1001}', '2025-08-26 19:00');

-- A webhook may arrive twice: its own id is the idempotency key, and the second call answers with the first event.
select eventlog.log_event('checkout_completed', '{"plan": "pro", "stripeSessionId": "cs_1"}', tenant_id => :'tenant',
    source_type => 'stripe', idempotency_key => 'evt_1', occurred_at => '2025-08-26 20:00') as first_answer \gset
select eventlog.log_event('checkout_completed', '{"plan": "pro", "stripeSessionId": "cs_1"}', tenant_id => :'tenant',
    source_type => 'stripe', idempotency_key => 'evt_1', occurred_at => '2025-08-26 20:00') as second_answer \gset
select eventlog.log_event('plan_updated', '{"previousPlan": "free", "newPlan": "pro", "status": "active"}',
    tenant_id => :'tenant', causation_id => :'second_answer', occurred_at => '2025-08-26 20:01') as caused \gset

select * from conversations_per_day(:'tenant');
select escalation_rate(:'tenant', '2025-08-31');

do $$
declare
    tenant constant uuid := 'b7d0a2f4-3c55-4f0e-9a51-2c6d8e9f0a01';
begin
    assert (select count(distinct domain) from eventlog.event_types where log = 'event_log'::regclass) = 6, 'six domains';
    assert (select count(distinct name) from events) = 11, 'each type was written';
    assert (select count(*) from events where name = 'checkout_completed') = 1, 'the webhook that came twice is one event';
    assert (select c.causation_id = f.id::text from event_log c, event_log f
        where c.type = 'plan_updated' and f.type = 'checkout_completed'), 'the second answer is the first event';
    assert (select array_agg(conversations) from conversations_per_day(tenant)) = '{3,1}', 'conversations per day, latest first';
    assert escalation_rate(tenant, '2025-08-31') = 0.25, 'one conversation of four was escalated';
    assert escalation_rate(tenant, '2024-01-01') is null, 'there is no rate without conversations';

    begin
        insert into events (tenant_id, name, data) values (tenant, 'conversation_started', '{"sessionId": "s-9"}');
        raise exception 'a conversation without its id was taken';
    exception when check_violation then null;
    end;
    begin
        insert into events (tenant_id, name, data) values (tenant, 'message_sent', '{"conversationId": "c-1", "role": "robot"}');
        raise exception 'a message of neither side was taken';
    exception when check_violation then null;
    end;
    begin
        insert into events (tenant_id, name, data)
        values (tenant, 'quota_exceeded', '{"quotaType": "messages", "limit": 1000, "attempted": 999}');
        raise exception 'a quota that was kept was taken for one that was not';
    exception when check_violation then null;
    end;
    begin
        insert into events (tenant_id, name, data)
        values (tenant, 'message_sent', jsonb_build_object('conversationId', 'c-1', 'role', 'user', 'text', repeat('x', 3000)));
        raise exception 'a payload of 3 kB was taken';
    exception when check_violation then null;
    end;
    begin
        perform eventlog.log_event('checkout_completed', '{"plan": "free", "stripeSessionId": "cs_1"}', tenant_id => tenant,
            idempotency_key => 'evt_1');
        raise exception 'a key was used again for other content';
    exception when unique_violation then null;
    end;
    assert (select count(*) from events) = 15, 'nothing of what was refused was written';
end
$$;
commit;
