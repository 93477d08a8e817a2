-- repair_all puts every log and every tracked table right, each as its owner, and goes on after a failure.
create role regress_all_one;
create role regress_all_two;
create role regress_all_guest;
create schema one authorization regress_all_one;
create schema two authorization regress_all_two;
do $$ begin execute format('grant create on database %I to regress_all_one', current_database()); end $$;
select eventlog.grant_context('regress_all_one');
set role regress_all_one;
select eventlog.create_log('one.events', tenant_type => 'text', require_tenant => false);
select eventlog.create_log('one.parted', partition_interval => '1 month', require_tenant => false, unregistered => 'allow');
select eventlog.register_event_type('paid', required => '{amount}');
create table one.items (id int primary key, name text, state text, secret text, team text);
select eventlog.track_changes('one.items', 'item', ignore => '{secret}', tenant_column => 'team', state_column => 'state',
    carry_values => false);
create table one.orders (id int primary key, n int) partition by list (id);
create table one.orders_1 partition of one.orders default;
select eventlog.track_changes('one.orders', fields => '{n}', log => 'one.parted');
alter table one.items rename column state to status;
reset role;

-- What tells how a table is tracked stands beside its triggers, and follows its columns.
select obj_description(oid, 'pg_trigger') ~ '"state_column":"status"' as followed
from pg_trigger where tgrelid = 'one.items'::regclass and tgname = 'eventlog_track';
select count(*) from eventlog.repair_all();

-- Not for others.
grant usage on schema one to regress_all_guest;
set role regress_all_guest;
select * from eventlog.repair_all();
select eventlog._repair_as_owner('one.events', 'log');
reset role;

-- As after a restore of the schema alone: the catalogue knows nothing.
create function public.forget() returns void language plpgsql as $$ begin
    delete from eventlog.tracked_table;
    delete from eventlog.event_type;
    delete from eventlog.log;
end $$;
select public.forget();
insert into one.items values (1, 'a', 'new', 's', 't');
select object, regexp_replace(action, '\d{8}', 'YYYYMMDD') as action from eventlog.repair_all();
select log, state, is_default, event_types from eventlog.logs;
select relation, entity_type, fields, ignore, tenant_column, state_column, carry_values, tracked_by, state from eventlog.tracked_tables;
select eventlog.log_event('paid', '{}');
insert into one.items values (1, 'a', 'new', 's', 't');
update one.items set status = 'old';
insert into one.orders values (1, 2);
select type, tenant_id, payload from one.events order by seq;
select type, payload from one.parted order by seq;
select * from eventlog.repair_all();

-- What was disabled, also by --disable-triggers in the catalogue.
alter table one.parted disable trigger all;
alter table one.parted enable trigger all;
alter table one.orders_1 disable trigger eventlog_track_update;
alter table eventlog.admin_log disable trigger all;
alter table eventlog.admin_log enable trigger all;
select object, regexp_replace(action, '\d{8}', 'YYYYMMDD') as action from eventlog.repair_all();
select * from eventlog.repair_all();
set session_replication_role = replica;
delete from eventlog.admin_log;
reset session_replication_role;

-- Failures are told, and hold up nothing: rights that the owner has no more, triggers that say nothing, two logs of one
-- name, a key that is gone.
select public.forget();
create table one.copy (like one.events including all);
alter table one.copy alter seq set default nextval('one.events_seq_seq');
do $$ declare id text; begin
    select split_part(encode(tgargs, 'escape'), '\', 1) into id from pg_trigger where tgrelid = 'one.events'::regclass and tgname = 'eventlog_gate';
    execute format('create trigger eventlog_gate before insert on one.copy for each row execute function eventlog.gate(%L)', id);
end $$;
set role regress_all_one;
comment on trigger eventlog_track on one.items is null;
reset role;
select object, regexp_replace(action, '\d{8}', 'YYYYMMDD') as action from eventlog.repair_all();
select object, action from eventlog.repair_all();
drop table one.copy;
select object, action from eventlog.repair_all();

-- It is recorded as done by the owner, in the caller's session.
select role, session_role = session_user as by_caller, count(*) > 0 as done from eventlog.admin_log
where action in ('repair_log', 'track_changes') group by 1, 2 order by 1, 2;
drop owned by regress_all_one, regress_all_two, regress_all_guest cascade;
drop role regress_all_one, regress_all_two, regress_all_guest;
