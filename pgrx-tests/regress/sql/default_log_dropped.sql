-- A default log whose table is gone is the default no more, and the first log made afterwards is.
select eventlog.create_log('public.events', tenant_type => 'text');
select eventlog.register_event_type('x');
drop schema public cascade;
create schema public;
select log is not null as named, state, is_default from eventlog.logs;
select eventlog.log_event('x', tenant_id => 'a');
select eventlog.create_log('public.events', tenant_type => 'text');
select eventlog.register_event_type('x');
select eventlog.log_event('x', tenant_id => 'a') is not null;
select state, is_default from eventlog.logs order by is_default;

-- Also where it was dropped while no event trigger fired.
alter event trigger eventlog_follow_drop disable;
drop table public.events, public.events_key;
alter event trigger eventlog_follow_drop enable always;
select state, is_default from eventlog.logs order by is_default;
select eventlog.log_event('x', tenant_id => 'a');
select eventlog.create_log('public.second', tenant_type => 'text', unregistered => 'allow');
select log, is_default from eventlog.logs where is_default;
select eventlog.log_event('x', tenant_id => 'a') is not null;

-- A drop that is taken back leaves it, and another log that is dropped does not matter.
select eventlog.create_log('public.third', tenant_type => 'text');
begin;
drop table public.second;
select count(*) from eventlog.logs where is_default;
rollback;
drop table public.third;
select log, is_default from eventlog.logs where is_default;
-- Another one can be chosen.
drop table public.second;
select eventlog.create_log('public.fourth', tenant_type => 'text');
select eventlog.create_log('public.fifth', tenant_type => 'text');
select eventlog.set_default_log('public.fifth');
select log, is_default from eventlog.logs where is_default;
