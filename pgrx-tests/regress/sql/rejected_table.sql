-- The table of rejected events goes with its log: found by the log's id, put back, isolated, dropped.
select eventlog.create_log('public.events', tenant_type => 'text', require_tenant => false);
\d public.events_rejected
select obj_description('public.events_rejected'::regclass, 'pg_class') ~ '^events that events did not take \(rejected by log [0-9a-f-]{36}\)$' as comment;
select severity, object, finding, remedy from eventlog.doctor() where object like '%reject%';
-- A name says nothing.
alter table public.events_rejected rename to elsewhere;
create table public.events_rejected (id int);
select outcome from eventlog.ingest_events('[{"type": "x"}]');
select count(*) from public.elsewhere;
drop table public.events_rejected;
-- One that is lost is told, and put back.
drop table public.elsewhere;
select outcome from eventlog.ingest_events('[{"type": "x"}]');
select severity, object, finding, remedy from eventlog.doctor() where finding like '%reject%';
select * from eventlog.repair_log('public.events');
select * from eventlog.repair_log('public.events');
select outcome from eventlog.ingest_events('[{"type": "x"}]');
-- Isolated with its log, never by itself.
select eventlog.isolate_tenants('public.events_rejected');
select eventlog.isolate_tenants('public.events');
select relname, relrowsecurity, relforcerowsecurity from pg_class where relname like 'events%' and relkind = 'r' order by 1;
alter table public.events_rejected disable row level security;
drop policy eventlog_owner on public.events_rejected;
select severity, object, finding, remedy from eventlog.doctor() where object like '%reject%' order by finding;
select * from eventlog.repair_log('public.events');
select severity, object, finding, remedy from eventlog.doctor() where object like '%reject%' order by finding;
select outcome from eventlog.ingest_events('[{"type": "x", "tenant_id": "t"}]');
select eventlog.release_tenants('public.events');
-- After "drop extension ... cascade" it is the same one.
drop extension pg_eventlog cascade;
create extension pg_eventlog;
select count(*) > 0 as put_back from eventlog.repair_log('public.events');
select eventlog.set_default_log('public.events');
select outcome from eventlog.ingest_events('[{"type": "x", "tenant_id": "t"}]');
select count(*) from public.events_rejected;
-- Somebody else's is not taken, whatever it says.
create role regress_rejected_other;
create table public.trap (like public.events_rejected);
do $$ begin execute format('comment on table public.trap is %L', obj_description('public.events_rejected'::regclass, 'pg_class')); end $$;
alter table public.trap owner to regress_rejected_other;
drop table public.events_rejected;
select * from eventlog.repair_log('public.events');
select count(*) from public.trap;
drop table public.trap;
drop role regress_rejected_other;
-- A log that is dropped leaves it, and forget_log clears it.
select log_id from eventlog.logs where log = 'public.events'::regclass \gset
set eventlog.allow_drop = on;
drop table public.events;
select to_regclass('public.events_rejected') is not null as there;
select eventlog.forget_log(:'log_id');
select to_regclass('public.events_rejected') is not null as there;
