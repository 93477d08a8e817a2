-- A table's owner tracks it; who does not own the log needs the right from its owner.
create role regress_tracking_owner;
create role regress_tracking_logger;
create role regress_tracking_guest;
grant create on schema public to regress_tracking_owner, regress_tracking_logger;
set role regress_tracking_logger;
select eventlog.create_log('public.events', require_tenant => false);
set role regress_tracking_owner;
create table public.orders (id int primary key, note text, state text);
create table public.parted (id int primary key, note text) partition by range (id);

-- Not without the owner's word, be it that the role may write there.
select eventlog.track_changes('orders', log => 'events');
reset role;
grant insert (type, payload, tenant_id, entity_type, entity_id, actor_type, actor_id, occurred_at, context,
    correlation_id, causation_id, source_type, source_id, version, idempotency_key) on public.events to regress_tracking_owner;
set role regress_tracking_owner;
select eventlog.track_changes('orders', log => 'events');
set role regress_tracking_logger;
select eventlog.grant_tracker('events', 'regress_tracking_owner');
set role regress_tracking_owner;
select eventlog.track_changes('orders', log => 'events');
select eventlog.track_changes('parted', log => 'events');
create table public.parted_1 partition of public.parted for values from (1) to (10);
reset role;
select relation, state, tracked_by from eventlog.tracked_tables;
select role, action, object from eventlog.admin_log where action = 'track_changes' order by id;
set role regress_tracking_owner;
insert into public.orders values (1, 'a', 'new');
insert into public.parted_1 values (1, 'a');
update public.orders set note = 'b';
select count(*) from public.events;

-- The owner alters it at will.
alter table public.orders rename column note to remark;
alter table public.orders add column more int, alter column remark type text using remark || '!', drop column if exists x;
alter table public.orders drop column more;
alter table public.orders drop constraint orders_pkey;
alter table public.parted detach partition public.parted_1;
alter table public.parted attach partition public.parted_1 for values from (1) to (10);
drop table public.parted;
select eventlog.track_changes('orders', state_column => 'state', log => 'events');
select eventlog.untrack_changes('orders');
select eventlog.track_changes('orders', fields => '{remark}', log => 'events');
select action, column_name, new_name from eventlog.column_change order by id;
select relation, entity_type, state from eventlog.tracked_tables order by tracked_since;

-- Nobody else.
grant all on public.orders to regress_tracking_guest;
grant insert on public.events to regress_tracking_guest;
set role regress_tracking_guest;
select eventlog.track_changes('orders', log => 'events');
select eventlog.untrack_changes('orders');
update eventlog.tracked_table set fields = null;
insert into eventlog.column_change (tracking_id, action, column_name) select tracking_id, 'added', 'x' from eventlog.tracked_table;
select relation, state from eventlog.tracked_tables where relation is not null;
reset role;

-- A member of the owner's role is as good, and a superuser who passes by.
grant regress_tracking_owner to regress_tracking_guest;
set role regress_tracking_guest;
select eventlog.track_changes('orders', fields => '{remark,state}', log => 'events');
reset role;
alter table public.orders rename column remark to note;
select fields from eventlog.tracked_tables where relation = 'orders'::regclass;

-- The owner of a partitioned table detaches what belongs to another role.
set role regress_tracking_owner;
create table public.parted (id int primary key, note text) partition by range (id);
create table public.parted_1 partition of public.parted for values from (1) to (10);
select eventlog.track_changes('parted', log => 'events');
reset role;
alter table public.parted_1 owner to regress_tracking_logger;
set role regress_tracking_owner;
alter table public.parted detach partition public.parted_1;
reset role;
select count(*) from pg_trigger where tgrelid = 'parted_1'::regclass;
select current_user;
drop owned by regress_tracking_owner, regress_tracking_logger, regress_tracking_guest;
drop role regress_tracking_owner, regress_tracking_logger, regress_tracking_guest;
select relation, state from eventlog.tracked_tables where relation is not null;
