-- A table's owner who may write to a log, and may not write everything: tracking must not give that role more than it has.
create role regress_hostile_logger;
create role regress_hostile_writer;
create role regress_hostile_other;
grant create on schema public to regress_hostile_logger, regress_hostile_writer;
set role regress_hostile_logger;
select eventlog.create_log('public.events', tenant_type => 'text', unregistered => 'allow');
grant insert on public.events to regress_hostile_writer, regress_hostile_other;
set role regress_hostile_writer;
create table public.orders (id int primary key, tenant text);

-- Policies of the log do not hold its owner back, as whom capture writes.
reset role;
alter table public.events enable row level security;
create policy own on public.events for insert to regress_hostile_writer with check (tenant_id = 'mine');
set role regress_hostile_writer;
select eventlog.log_event('x', tenant_id => 'theirs', log => 'events');
select eventlog.track_changes('orders', tenant_column => 'tenant', log => 'events');
-- Nor by hand, for those who restore.
reset role;
grant insert on eventlog.tracked_table to regress_hostile_writer;
set role regress_hostile_writer;
insert into eventlog.tracked_table (tracking_id, relation, log_id, entity_type, carry_values, tracked_by)
select '00000000-0000-7000-8000-000000000001', 'orders', log_id, 'orders', true, current_user from eventlog.log;
reset role;
revoke insert on eventlog.tracked_table from regress_hostile_writer;
select count(*) from eventlog.tracked_table;

-- Not who bypasses row-level security, and not in a log without any: capture writes as the log's owner, who has to name
-- whose tables' changes go there.
alter role regress_hostile_writer bypassrls;
set role regress_hostile_writer;
select eventlog.track_changes('orders', tenant_column => 'tenant', log => 'events');
reset role;
alter role regress_hostile_writer nobypassrls;
alter table public.events disable row level security;
set role regress_hostile_writer;
select eventlog.track_changes('orders', tenant_column => 'tenant', log => 'events');
select eventlog.log_event('orders.created', jsonb_build_object('v', repeat('x', 5000)), tenant_id => 'a', log => 'events');
reset role;
select count(*) from eventlog.event_type;

-- The owner's own go there, forced or not.
alter table public.events enable row level security, force row level security;
set role regress_hostile_logger;
create table public.bills (id int primary key, tenant text);
select eventlog.track_changes('bills', tenant_column => 'tenant', log => 'events');
insert into public.bills values (1, 'a');
reset role;
select type, tenant_id, entity_id from public.events;

drop owned by regress_hostile_logger, regress_hostile_writer, regress_hostile_other cascade;
drop role regress_hostile_logger, regress_hostile_writer, regress_hostile_other;
