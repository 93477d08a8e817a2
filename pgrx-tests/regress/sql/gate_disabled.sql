-- A log whose gate was disabled takes no event by call, for nothing would look at it; its owner enables it again.
select eventlog.create_log('public.events', require_tenant => false);
select eventlog.register_event_type('known');
create role regress_disabled_writer;
grant insert on public.events, public.events_key to regress_disabled_writer;
alter table public.events disable trigger eventlog_gate;
select log, state from eventlog.logs;
set role regress_disabled_writer;
select eventlog.log_event('unknown', '[1]');
select eventlog.log_event('known');
select eventlog.log_event('known', idempotency_key => 'k');
select eventlog.log_events('[{"type": "known"}]');
reset role;
select eventlog.register_event_type('another');
select eventlog.repair_log('events');
select log, state from eventlog.logs;
set role regress_disabled_writer;
select eventlog.log_event('known', idempotency_key => 'k') is not null;
select eventlog.log_event('unknown', '[1]');
reset role;
-- In one session, to and fro: what was remembered of the log does not outlive it.
alter table public.events disable trigger all;
select eventlog.log_event('known');
alter table public.events enable replica trigger eventlog_gate;
select eventlog.log_event('known');
select log, state from eventlog.logs;
alter table public.events enable always trigger eventlog_gate;
select eventlog.log_event('known') is not null;
alter table public.events enable trigger all;
select eventlog.log_event('known') is not null;
drop trigger eventlog_gate on public.events;
select eventlog.log_event('known');
select eventlog.repair_log('events') as done order by 1;
select eventlog.log_event('known') is not null;
-- An event view as well.
select eventlog.create_event_view('public.v', 'public.events', '{"t": "type"}');
alter table public.events disable trigger eventlog_gate;
insert into public.v values ('known');
insert into public.v values ('unknown');
alter table public.events enable trigger eventlog_gate;
insert into public.v values ('known');
-- On the partitions alone.
select eventlog.create_log('public.parted', require_tenant => false, partition_interval => '1 day', unregistered => 'allow');
do $$ declare part regclass; begin
    for part in select inhrelid from pg_inherits where inhparent = 'public.parted'::regclass loop
        execute format('alter table %s disable trigger eventlog_gate', part);
    end loop;
end $$;
select eventlog.log_event('x', log => 'parted');
select eventlog.log_event('x', '[]', log => 'parted');
select eventlog.log_event('x', log => 'parted', idempotency_key => 'k');
select count(*) from public.parted;
select state from eventlog.logs where log = 'public.parted'::regclass;
select count(*) from eventlog.repair_log('public.parted');
select state from eventlog.logs where log = 'public.parted'::regclass;
select eventlog.log_event('x', log => 'parted') is not null;
alter table public.parted_default disable trigger eventlog_gate;
select state from eventlog.logs where log = 'public.parted'::regclass;
select eventlog.repair_log('public.parted');
drop owned by regress_disabled_writer;
drop role regress_disabled_writer;
