-- Whose tables' changes go to a log is its owner's to say: registered types or none, rights to write or none.
create role regress_tracker_owner;
create role regress_tracker;
create role regress_tracker_member;
create role regress_tracker_other;
grant regress_tracker to regress_tracker_member;
grant create on schema public to regress_tracker_owner, regress_tracker, regress_tracker_member, regress_tracker_other;
set role regress_tracker_owner;
select eventlog.create_log('public.events', tenant_type => 'text');
set role regress_tracker;
create table public.orders (id int primary key, company text);
select eventlog.track_changes('orders', tenant_column => 'company', log => 'events');
set role regress_tracker_owner;
select eventlog.register_event_type(type => 'orders.' || t, log => 'events') from unnest('{created,updated,deleted}'::text[]) t;
grant insert on public.events to regress_tracker;
set role regress_tracker;
select eventlog.track_changes('orders', tenant_column => 'company', log => 'events');

-- Nobody but the owner gives it.
select eventlog.grant_tracker('events', 'regress_tracker');
select eventlog.revoke_tracker('events', 'regress_tracker');
set role regress_tracker_owner;
revoke insert on public.events from regress_tracker;
select eventlog.grant_tracker(null, 'regress_tracker');
select eventlog.grant_tracker('events', null);
select eventlog.grant_tracker('events', 'public');
select eventlog.grant_tracker('orders', 'regress_tracker');
select eventlog.revoke_tracker('events', 'regress_tracker');
select eventlog.grant_tracker('events', 'regress_tracker');
select eventlog.grant_tracker('events', 'regress_tracker');
select eventlog.grant_tracker('events', 'regress_tracker_other');
select policyname, permissive, roles, cmd, qual from pg_policies where tablename = 'events';
select obj_description(oid, 'pg_policy') from pg_policy where polname = 'eventlog_tracker';

-- It lets tables be tracked, also those of who inherits it, and nothing else.
set role regress_tracker;
select eventlog.track_changes('orders', tenant_column => 'company', log => 'events');
insert into public.orders values (1, 'acme');
select eventlog.log_event('x', tenant_id => 'acme', log => 'events');
select eventlog.register_event_type('x', log => 'events');
select count(*) from public.events;
set role regress_tracker_member;
create table public.bills (id int primary key, company text);
select eventlog.track_changes('bills', tenant_column => 'company', log => 'events');
insert into public.bills values (1, 'acme');
-- The log is not isolated by it, and its isolation changes nothing about it.
set role regress_tracker_owner;
select relrowsecurity from pg_class where oid = 'public.events'::regclass;
select eventlog.isolate_tenants('events');
select eventlog.release_tenants('events');
select eventlog.grant_reader('events', 'regress_tracker_other');
set role regress_tracker;
insert into public.orders values (2, 'globex');
set role regress_tracker_owner;
select type, tenant_id, entity_id from public.events order by seq;
reset role;
select object, finding from eventlog.doctor() where object <> 'public.events';

-- A role keeps it under another name, and is not dropped while it has it.
alter role regress_tracker_other rename to regress_tracker_renamed;
select roles from pg_policies where policyname = 'eventlog_tracker';
drop role regress_tracker_renamed;

-- A table that goes to an owner who may not: its tracking goes on, which doctor() tells, and cannot be changed.
alter table public.bills owner to regress_tracker_owner;
create role regress_tracker_new;
alter table public.bills owner to regress_tracker_new;
select severity, object, finding, remedy from eventlog.doctor() where object = 'public.bills';
set role regress_tracker_new;
insert into public.bills values (2, 'acme');
select eventlog.track_changes('bills', log => 'events');
reset role;

-- Taken back, what rested on it ends: its tables are not changed without their events.
set role regress_tracker_owner;
select eventlog.revoke_tracker('events', 'regress_tracker');
select roles from pg_policies where policyname = 'eventlog_tracker';
select relation, entity_type, state from eventlog.tracked_tables order by tracked_since;
set role regress_tracker;
insert into public.orders values (3, 'acme');
select eventlog.track_changes('orders', tenant_column => 'company', log => 'events');
select eventlog.untrack_changes('orders');
insert into public.orders values (3, 'acme');
set role regress_tracker_owner;
select eventlog.revoke_tracker('events', 'regress_tracker_renamed');
select count(*) from pg_policies where policyname = 'eventlog_tracker';
reset role;
select role, action, object, detail from eventlog.admin_log where action ~ 'tracker' order by id;
drop owned by regress_tracker_owner, regress_tracker, regress_tracker_member, regress_tracker_renamed, regress_tracker_new;
drop role regress_tracker_owner, regress_tracker, regress_tracker_member, regress_tracker_renamed, regress_tracker_new;
