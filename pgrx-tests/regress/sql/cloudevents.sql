-- CloudEvents go in and come out as they were.
select eventlog.create_log('public.events', require_tenant => false);
select eventlog.register_event_type('order_paid', required => '{amount}', docs_url => 'https://example.com/order_paid');
select eventlog.register_event_type('order_paid', required => '{amount,currency}', version => 2,
    docs_url => 'https://example.com/order_paid/2');
select eventlog.register_event_type('com.example.text');
\set tenant '\'11111111-1111-4111-8111-11111111111a\''
create function comes_back(event jsonb) returns text language plpgsql as $$
declare
    logged uuid := eventlog.log_cloudevent(event);
    shown jsonb;
begin
    select eventlog.to_cloudevent(to_jsonb(e)) into strict shown from public.events e where e.id = logged;
    return case when shown = jsonb_strip_nulls(event) then 'as it was' else shown::text end;
end
$$;

-- Whatever the session fills in is in the log, and not in the CloudEvent.
begin;
select eventlog.set_context(:tenant, 'user', 'ann', correlation_id => 'c-1', context => '{"request": 7, "traceparent": "mine"}');
select comes_back(e) from (values
    ('{"specversion": "1.0", "id": "1", "source": "/shop/eu", "type": "order_paid", "data": {"amount": 1.50}}'::jsonb),
    ('{"specversion": "1.0", "id": "2", "source": "https://example.com/x", "type": "com.example.text", "datacontenttype": "text/plain",
        "data": "hello", "subject": "a/b/c", "time": "2024-03-15T10:00:00.1234567+02:00", "sequence": "17", "other": true}'),
    ('{"specversion": "1.0", "id": "3", "source": "urn:x", "type": "com.example.text", "data_base64": "AAEC"}'),
    ('{"specversion": "1.0", "id": "4", "source": "/", "type": "com.example.text", "subject": null, "traceparent": "00-a-b-01"}'),
    ('{"specversion": "1.0", "id": "5", "source": "/x", "type": "com.example.text", "data": [1, null, 12345678901234567890.10],
        "tenantid": "11111111-1111-4111-8111-11111111111A", "actorid": "bob", "actortype": "user", "correlationid": 9}'),
    ('{"specversion": "1.0", "id": "6", "source": "/x", "type": "order_paid", "dataschema": "https://example.com/order_paid/2",
        "data": {"amount": 1, "currency": "EUR"}}')
) v (e);
select idempotency_key, version, tenant_id, actor_id, source_type, source_id, entity_type, entity_id, correlation_id, payload, context
from public.events order by seq;
commit;

-- Source and id are one event of a tenant, whatever is filled in.
begin;
select eventlog.set_context(:tenant);
select eventlog.log_cloudevent('{"specversion": "1.0", "id": "3", "source": "urn:x", "type": "com.example.text", "data_base64": "AAEC"}')
    = (select id from public.events where idempotency_key = 'urn:x 3' and tenant_id is not null) as same;
select eventlog.log_cloudevent('{"specversion": "1.0", "id": "3", "source": "urn:x", "type": "com.example.text"}');
rollback;

-- An event of the log's own as a CloudEvent.
set timezone = 'Asia/Kolkata';
select eventlog.log_event('order_paid', '{"amount": 2}', :tenant, 'order', 7, occurred_at => '2024-03-15 10:00:00.5+00',
    source_type => 'shop', version => 1) is not null as logged;
select jsonb_pretty(eventlog.to_cloudevent(to_jsonb(e)) - 'id' - 'sequence') as event, eventlog.to_cloudevent(to_jsonb(e)) ->> 'id' = e.id::text as id,
    eventlog.to_cloudevent(to_jsonb(e)) ->> 'sequence' = e.seq::text as seq
from public.events e where entity_id = '7';
-- Where two versions are described in one place, the schema's name says which.
select eventlog.register_event_type('order_paid', required => '{amount,currency}', version => 2, docs_url => 'https://example.com/order_paid');
select eventlog.to_cloudevent(to_jsonb(e)) ->> 'dataschema' from public.events e where entity_id = '7';
reset timezone;

-- What is no CloudEvent.
select eventlog.log_cloudevent(null);
select eventlog.log_cloudevent('[]');
select eventlog.log_cloudevent('{"specversion": "0.3", "id": "1", "source": "/", "type": "order_paid"}');
select eventlog.log_cloudevent('{"specversion": "1.0", "source": "/", "type": "order_paid"}');
select eventlog.log_cloudevent('{"specversion": "1.0", "id": "1", "source": "a b", "type": "order_paid"}');
select eventlog.log_cloudevent('{"specversion": "1.0", "id": "1", "source": "/", "type": "order_paid", "time": "soon"}');
select eventlog.log_cloudevent('{"specversion": "1.0", "id": "1", "source": "/", "type": "order_paid", "someThing": 1}');
select eventlog.log_cloudevent('{"specversion": "1.0", "id": "1", "source": "/", "type": "order_paid", "data": 1, "data_base64": "AA=="}');
select eventlog.log_cloudevent('{"specversion": "1.0", "id": "1", "source": "/", "type": "order_paid", "tenantid": "x"}');
-- And what the log does not take.
select eventlog.log_cloudevent('{"specversion": "1.0", "id": "1", "source": "/", "type": "order_paid", "data": {}}');
select eventlog.log_cloudevent('{"specversion": "1.0", "id": "1", "source": "/", "type": "unknown"}');
select eventlog.to_cloudevent(null);
select eventlog.to_cloudevent('{"type": "order_paid"}');
select eventlog.to_cloudevent('{"id": "x", "type": "order_paid", "occurred_at": "soon"}');
select eventlog.to_cloudevent('{}', 'pg_class');
select count(*) from public.events;
