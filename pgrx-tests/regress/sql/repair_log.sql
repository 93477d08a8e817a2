-- repair_log puts back whatever a log lacks, says what that was, and does nothing where all is well.
select eventlog.create_log('public.events', require_tenant => false, max_payload_bytes => 300);
select eventlog.register_event_type('paid', required => '{amount}');
select eventlog.log_event('paid', '{"amount": 1}', idempotency_key => 'k') as first \gset
select log_id as first_id from eventlog.log \gset
select eventlog.repair_log('events');

drop trigger eventlog_gate on public.events;
drop trigger eventlog_append_only on public.events;
alter table public.events disable trigger eventlog_append_only_row;
alter table public.events alter id drop default, alter tenant_id drop default;
drop trigger eventlog_append_only_row on public.events_key;
select log, state from eventlog.logs;
select eventlog.log_event('paid', '{"amount": 2}');
select eventlog.repair_log('events');
select eventlog.repair_log('events');
select log, state from eventlog.logs;
select eventlog.log_event('paid', '{"amount": 1}', idempotency_key => 'k') = :'first' as same;
delete from public.events;

-- After the extension was dropped with everything that depended on it.
\set VERBOSITY terse
drop extension pg_eventlog;
drop extension pg_eventlog cascade;
\set VERBOSITY default
select count(*) from public.events;
create extension pg_eventlog;
select eventlog.repair_log('events');
select log, state, is_default, max_payload_bytes, require_tenant, log_id = :'first_id' as same_id from eventlog.logs;
select type, required from eventlog.event_types;
select eventlog.log_event('paid');
select eventlog.log_event('paid', '{"amount": 1}', idempotency_key => 'k') = :'first' as same;
select eventlog.log_event('paid', '{"amount": 2}') is not null;
truncate public.events;
select seq, payload from public.events order by seq;

-- What is no log, and who is not its owner.
create table public.other (id int);
select eventlog.repair_log('other');
select eventlog.repair_log('events_key');
select eventlog.repair_log('pg_class');
select eventlog.repair_log(null);
create role regress_repair_guest;
set role regress_repair_guest;
select eventlog.repair_log('events');
reset role;
drop role regress_repair_guest;
