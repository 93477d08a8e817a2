-- A table's owner who may write to a log, and may not write everything: tracking must not give him more than he has.
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

-- Whoever bypasses row-level security may, and so may the log's owner, forced or not.
alter role regress_hostile_writer bypassrls;
set role regress_hostile_writer;
select eventlog.track_changes('orders', tenant_column => 'tenant', log => 'events');
select eventlog.untrack_changes('orders');
reset role;
alter role regress_hostile_writer nobypassrls;
alter table public.events force row level security;
set role regress_hostile_logger;
create table public.bills (id int primary key, tenant text);
select eventlog.track_changes('bills', tenant_column => 'tenant', log => 'events');
insert into public.bills values (1, 'a');
reset role;
alter table public.events disable row level security, no force row level security;
select type, tenant_id, entity_id from public.events;

-- A type that the log took unregistered is not closed to others who write it.
set role regress_hostile_other;
select eventlog.log_event('task.created', '{"title": "t"}', tenant_id => 'a', log => 'events') is not null as written;
set role regress_hostile_writer;
select eventlog.track_changes('orders', 'task', tenant_column => 'tenant', log => 'events');
insert into public.orders values (1, 'mine');
set role regress_hostile_other;
select eventlog.log_event('task.created', '{"title": "t"}', tenant_id => 'a', log => 'events') is not null as written;
reset role;
select type, required, optional from eventlog.event_types where type like 'task.%' order by type collate "C";
-- Its owner may close it.
grant regress_hostile_writer to regress_hostile_logger;
set role regress_hostile_logger;
select eventlog.track_changes('orders', 'task', tenant_column => 'tenant', log => 'events');
reset role;
select type, required, optional from eventlog.event_types where type like 'task.%' order by type collate "C";

drop owned by regress_hostile_logger, regress_hostile_writer, regress_hostile_other cascade;
drop role regress_hostile_logger, regress_hostile_writer, regress_hostile_other;
