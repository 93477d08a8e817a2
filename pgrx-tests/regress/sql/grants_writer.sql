-- A writer needs INSERT and nothing else: log_event runs as its caller and reads nothing back.
select eventlog.create_log('public.events');
select eventlog.register_event_type('paid');
create role regress_writer;
create role regress_columns;
grant insert on public.events, public.events_key to regress_writer;
grant select on public.events_key to regress_writer;
grant insert (type, payload, tenant_id, entity_type, entity_id, actor_type, actor_id, occurred_at, context, correlation_id,
    causation_id, source_type, source_id, version, idempotency_key) on public.events to regress_columns;
\set tenant '\'11111111-1111-4111-8111-111111111111\''
set role regress_writer;
select eventlog.log_event('paid', tenant_id => :tenant, idempotency_key => 'k') as first \gset
select eventlog.log_event('paid', tenant_id => :tenant, idempotency_key => 'k') = :'first' as same;
select count(*) from eventlog.log_events('[{"type": "paid", "tenant_id": "11111111-1111-4111-8111-111111111111"}]');
insert into public.events (type, payload, tenant_id) values ('paid', '{}', :tenant);
select count(*) from public.events;
update public.events set type = 'x';
delete from public.events;
truncate public.events;
reset role;

-- INSERT on the columns that are a caller's to give is enough, and no way to the others.
set role regress_columns;
select eventlog.log_event('paid', tenant_id => :tenant, entity_type => 'order', entity_id => 7) is not null;
select count(*) from eventlog.log_events('[{"type": "paid", "tenant_id": "11111111-1111-4111-8111-111111111111"}]');
insert into public.events (type, payload, tenant_id) values ('paid', '{}', :tenant);
insert into public.events (type, payload, tenant_id, recorded_at) values ('paid', '{}', :tenant, '2024-01-01');
insert into public.events (type, payload, tenant_id, seq) values ('paid', '{}', :tenant, 7);
insert into public.events (type, payload, tenant_id, id) values ('paid', '{}', :tenant, '11111111-1111-4111-8111-111111111111');
reset role;

-- Row-level security holds for it.
alter table public.events enable row level security;
create policy mine on public.events for insert to regress_writer with check (entity_type = 'order');
set role regress_writer;
select eventlog.log_event('paid', tenant_id => :tenant, entity_type => 'order') is not null;
select eventlog.log_event('paid', tenant_id => :tenant, entity_type => 'other');
reset role;
select count(*) from public.events;
drop owned by regress_writer, regress_columns;
drop role regress_writer, regress_columns;
