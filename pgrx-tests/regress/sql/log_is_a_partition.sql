-- A call that names a partition means the log, for the event goes where its time belongs.
select eventlog.create_log('public.events', require_tenant => false, partition_interval => '1 day');
select eventlog.register_event_type('paid');
select eventlog.log_event('paid', log => 'events_default', idempotency_key => 'k') as first \gset
select eventlog.log_event('paid', log => 'events', idempotency_key => 'k') = :'first' as same;
select count(*) from eventlog.log_events('[{"type": "paid"}]', 'events_default');
select eventlog.log_event('paid', '[]', log => 'events_default');
select tableoid = 'public.events_default'::regclass as in_the_partition, count(*) from public.events group by 1;
select * from eventlog.validate_event('nothing', '{}', log => 'events_default');
set eventlog.default_log = 'public.events_default';
select eventlog.log_event('paid') is not null;
reset eventlog.default_log;
select tableoid = 'public.events_default'::regclass as in_the_partition, count(*) from public.events group by 1;
-- What is administered is the log itself.
select eventlog.register_event_type('seen', log => 'events_default');
select eventlog.retire_event_type('paid', 'events_default');
select eventlog.set_default_log('events_default');
select eventlog.repair_log('events_default');
select eventlog.create_event_view('public.v', 'events_default', '{"t": "type"}');
-- A partition that was detached has its gate no more.
alter table public.events detach partition public.events_default;
select eventlog.log_event('paid', log => 'events_default');
select eventlog.log_event('paid') is not null;
select log, state from eventlog.logs;
-- Partitions of partitions.
create table public.deep partition of public.events for values from ('2001-01-01') to ('2002-01-01') partition by range (recorded_at);
create table public.deeper partition of public.deep default;
select eventlog.log_event('paid', log => 'public.deeper') is not null;
insert into public.deeper (type, payload, recorded_at) values ('paid', '[]', '2001-05-01');
select count(*) from public.deep;
