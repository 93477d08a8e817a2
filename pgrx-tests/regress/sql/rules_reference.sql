-- A value of the event is there in a table, whichever way the event comes.
create table public.customer (
    tenant_id text not null,
    id uuid primary key,
    code varchar(10) not null,
    number bigint not null unique,
    unique (code, tenant_id)
);
insert into public.customer values
    ('acme', '00000000-0000-4000-8000-000000000001', 'a1', 9007199254740993),
    ('other', '00000000-0000-4000-8000-000000000002', 'o1', 2);
select eventlog.create_log('public.events', tenant_type => 'text', unregistered => 'allow');
select eventlog.add_reference_rule('customer_is_known', 'order_paid', '$.payload.customer_id', 'public.customer', 'id');
select eventlog.add_reference_rule('number_is_known', 'order_counted', '$.payload.number', 'public.customer', 'number');
select eventlog.add_reference_rule('code_is_the_tenants', 'order_coded', '$.payload.code', 'public.customer', 'code', 'tenant_id');
select eventlog.add_reference_rule('entity_is_known', 'order_made', '$.entity_id', 'public.customer', 'id');
select name, kind, type, path, relation, column_name, tenant_column from eventlog.event_rules;
-- There, absent and null.
select eventlog.log_event('order_paid', '{"customer_id": "00000000-0000-4000-8000-000000000002"}', 'acme') is not null;
select eventlog.log_event('order_paid', '{}', 'acme') is not null;
select eventlog.log_event('order_paid', '{"customer_id": null}', 'acme') is not null;
-- Not there, of no such type, and no single value.
select eventlog.log_event('order_paid', '{"customer_id": "00000000-0000-4000-8000-000000000003"}', 'acme');
select eventlog.log_event('order_paid', '{"customer_id": "secret"}', 'acme');
select eventlog.log_event('order_paid', '{"customer_id": 7}', 'acme');
select eventlog.log_event('order_paid', '{"customer_id": {"a": 1}}', 'acme');
-- Numbers are the numbers that they are.
select eventlog.log_event('order_counted', '{"number": 9007199254740993}', 'acme') is not null;
select eventlog.log_event('order_counted', '{"number": 9007199254740992}', 'acme');
select eventlog.log_event('order_counted', '{"number": 2.0}', 'acme');
-- A row of another tenant is not there.
select eventlog.log_event('order_coded', '{"code": "a1"}', 'acme') is not null;
select eventlog.log_event('order_coded', '{"code": "o1"}', 'acme');
select eventlog.log_event('order_coded', '{"code": "o1"}', 'other') is not null;
-- Of the event itself.
select eventlog.log_event('order_made', '{}', 'acme', 'customer', '00000000-0000-4000-8000-000000000001') is not null;
select eventlog.log_event('order_made', '{}', 'acme', 'customer', 'nobody');
-- Whichever way it comes.
insert into public.events (type, tenant_id, payload) values ('order_paid', 'acme', '{"customer_id": "00000000-0000-4000-8000-000000000003"}');
select count(*) from eventlog.log_events('[{"type": "order_paid", "tenant_id": "acme"},
    {"type": "order_paid", "tenant_id": "acme", "payload": {"customer_id": "00000000-0000-4000-8000-000000000003"}}]');
-- Tables are not asked about events that checks refuse.
select eventlog.add_check_rule('amount', 'order_paid', '!exists($.payload.amount) || $.payload.amount > 0');
select eventlog.log_event('order_paid', '{"amount": 0, "customer_id": "00000000-0000-4000-8000-000000000003"}', 'acme');
-- Whoever writes needs no rights on the table, and row-level security hides nothing.
create role regress_reference_writer;
select eventlog.grant_writer('public.events', 'regress_reference_writer');
alter table public.customer enable row level security, force row level security;
begin;
select eventlog.set_context(tenant_id => 'acme');
set local role regress_reference_writer;
select eventlog.log_event('order_paid', '{"customer_id": "00000000-0000-4000-8000-000000000001"}') is not null;
select eventlog.log_event('order_paid', '{"customer_id": "00000000-0000-4000-8000-000000000003"}');
rollback;
-- The row stays until the event is there.
begin;
select eventlog.log_event('order_paid', '{"customer_id": "00000000-0000-4000-8000-000000000001"}', 'acme') is not null;
select mode from pg_locks where relation = 'public.customer'::regclass order by mode;
commit;
-- The table is found by what it is.
create schema app;
alter table public.customer rename to client;
alter table public.client set schema app;
select eventlog.log_event('order_paid', '{"customer_id": "00000000-0000-4000-8000-000000000003"}', 'acme');
select jsonb_pretty(eventlog.export_taxonomy() -> 'rules' -> 1);
-- What is gone is told, and refuses events.
alter table app.client drop constraint customer_pkey;
select eventlog.log_event('order_paid', '{"customer_id": "00000000-0000-4000-8000-000000000001"}', 'acme');
select severity, object, finding, remedy from eventlog.doctor() where finding like '%rule%' order by finding;
alter table app.client add primary key (id);
select eventlog.log_event('order_paid', '{"customer_id": "00000000-0000-4000-8000-000000000001"}', 'acme') is not null;
alter table app.client rename column id to ident;
select eventlog.log_event('order_paid', '{"customer_id": "00000000-0000-4000-8000-000000000001"}', 'acme');
drop table app.client;
select regexp_replace(finding, '\d{4,}', 'NNN') from eventlog.doctor() where finding like '%rule%' order by finding;
select eventlog.remove_event_rule('customer_is_known');
select eventlog.log_event('order_paid', '{"customer_id": "00000000-0000-4000-8000-000000000001"}', 'acme') is not null;
drop schema app;
drop owned by regress_reference_writer;
drop role regress_reference_writer;
