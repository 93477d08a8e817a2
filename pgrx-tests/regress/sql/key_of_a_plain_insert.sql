-- A key that a plain insert took has no content to compare: whoever comes with it again writes another event, and is told.
select eventlog.create_log('public.events', tenant_type => 'text', unregistered => 'allow');
select eventlog.create_event_view('public.shown', 'events', '{"tenant": "tenant_id", "type": "type", "payload": "payload", "key": "idempotency_key"}');
create role regress_key_writer;
create role regress_key_service;
select eventlog.grant_writer('events', 'regress_key_writer'), eventlog.grant_service('events', 'regress_key_service');
grant insert on public.shown to regress_key_service;
begin;
select eventlog.set_context('acme', 'user', 'u-1');
set local role regress_key_writer;
insert into events (type, payload, idempotency_key) values ('junk', '{}', 'order-1001-paid');
-- also within its transaction
savepoint s;
select eventlog.log_event('order_paid', '{"amount": 99}', idempotency_key => 'order-1001-paid');
rollback to s;
commit;
set role regress_key_service;
select eventlog.log_event('order_paid', '{"amount": 99}', tenant_id => 'acme', idempotency_key => 'order-1001-paid', log => 'events');
-- the same content, too
select eventlog.log_event('junk', tenant_id => 'acme', idempotency_key => 'order-1001-paid', log => 'events');
select eventlog.log_events('[{"type": "a", "tenant_id": "acme", "idempotency_key": "free"},
    {"type": "order_paid", "tenant_id": "acme", "idempotency_key": "order-1001-paid"}]', 'events');
insert into shown (tenant, type, payload, key) values ('acme', 'order_paid', '{}', 'order-1001-paid');
insert into events (tenant_id, type, payload, idempotency_key) values ('acme', 'junk', '{}', 'order-1001-paid');
-- one of another tenant is another key
select eventlog.log_event('order_paid', '{"amount": 99}', tenant_id => 'other', idempotency_key => 'order-1001-paid', log => 'events') is not null;
-- A plain insert that was undone has taken nothing.
begin;
insert into events (tenant_id, type, payload, idempotency_key) values ('acme', 'junk', '{}', 'undone');
rollback;
select eventlog.log_event('order_paid', tenant_id => 'acme', idempotency_key => 'undone', log => 'events') is not null;
reset role;
select tenant_id, type, actor_id, payload, idempotency_key from events order by seq;
select tenant_id, key, hash is null as by_an_insert from events_key order by tenant_id, key;
drop owned by regress_key_writer, regress_key_service;
drop role regress_key_writer, regress_key_service;
