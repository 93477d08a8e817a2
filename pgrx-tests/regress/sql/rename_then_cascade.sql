-- A log that was renamed with its keys keeps them, also where the extension was dropped with everything and came again.
select eventlog.create_log('public.events', require_tenant => false, unregistered => 'allow');
select eventlog.log_event('x', idempotency_key => 'k') as first \gset
select eventlog.create_log('public.other', require_tenant => false, unregistered => 'allow');
select eventlog.log_event('x', idempotency_key => 'k', log => 'other') as other \gset
create schema app;
alter table public.events rename to journal;
alter table public.journal set schema app;
alter table public.events_key rename to claims;
alter table public.other rename to events;
set client_min_messages = warning;
drop extension pg_eventlog cascade;
create extension pg_eventlog;
reset client_min_messages;
select eventlog.repair_log('app.journal') as done order by 1;
select eventlog.repair_log('public.events') as done order by 1;
select eventlog.log_event('x', idempotency_key => 'k', log => 'app.journal') = :'first' as same;
select eventlog.log_event('x', idempotency_key => 'k', log => 'public.events') = :'other' as same;
select eventlog.log_event('x', idempotency_key => 'new', log => 'app.journal') is not null;
select (select count(*) from public.claims) as keys, (select count(*) from public.other_key) as keys_of_the_other;
select relname from pg_class where relname ~ 'key|claims' and relkind = 'r' and relnamespace in ('public'::regnamespace, 'app'::regnamespace) order by 1;

-- Keys that somebody else made, and that only say so, are not taken by the log's owner.
create role regress_cascade_forger;
create role regress_cascade_owner;
create schema forger authorization regress_cascade_forger;
grant all on schema app to regress_cascade_owner;
select log_id from eventlog.log where relation = 'app.journal'::regclass \gset
drop table public.claims;
set role regress_cascade_forger;
create table forger.keys (tenant_id uuid, key text not null, hash bytea, event_id uuid not null, claimed_at timestamptz not null default now());
select format('comment on table forger.keys is %L', 'keys (log ' || :'log_id' || ')') as statement \gset
:statement;
reset role;
alter table app.journal owner to regress_cascade_owner;
set role regress_cascade_owner;
select eventlog.repair_log('app.journal') as done order by 1;
reset role;
select count(*) from forger.keys;
drop owned by regress_cascade_forger, regress_cascade_owner cascade;
drop role regress_cascade_forger, regress_cascade_owner;
