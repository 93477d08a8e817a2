-- "disable trigger all" and "enable trigger all", as pg_restore --disable-triggers does, leave guards that
-- session_replication_role = replica passes by: eventlog.logs shows it, repair_log restores them.
select eventlog.create_log('public.events', require_tenant => false, unregistered => 'allow');
select eventlog.create_log('public.parted', require_tenant => false, unregistered => 'allow', partition_interval => '1 year');
select eventlog.log_event('x', idempotency_key => 'k') is not null;
select log, state from eventlog.logs;
alter table public.events disable trigger all;
select log, state from eventlog.logs;
alter table public.events enable trigger all;
select log, state from eventlog.logs;
set session_replication_role = replica;
begin;
delete from public.events;
rollback;
reset session_replication_role;
select eventlog.repair_log('events');
select log, state from eventlog.logs;
set session_replication_role = replica;
delete from public.events;
reset session_replication_role;
select eventlog.repair_log('events');

-- Also of the keys, and of one partition.
alter table public.events_key disable trigger all;
alter table public.events_key enable trigger all;
select log, state from eventlog.logs where log = 'public.events'::regclass;
set session_replication_role = replica;
begin;
delete from public.events_key;
rollback;
reset session_replication_role;
select eventlog.repair_log('events');
select log, state from eventlog.logs where log = 'public.events'::regclass;
alter table public.parted_default disable trigger all;
alter table public.parted_default enable trigger all;
select log, state from eventlog.logs where log = 'public.parted'::regclass;
select eventlog.repair_log('parted');
select log, state from eventlog.logs where log = 'public.parted'::regclass;
drop trigger eventlog_append_only_leaf on public.parted_default;
select log, state from eventlog.logs where log = 'public.parted'::regclass;
select eventlog.repair_log('parted');
select log, state from eventlog.logs where log = 'public.parted'::regclass;
