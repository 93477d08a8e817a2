-- Roles that cannot be what they are made, and those who may not make them.
create role regress_ge_owner;
create role regress_ge_member in role regress_ge_owner;
create role regress_ge_app;
create role regress_ge_group;
create role regress_ge_both in role regress_ge_group;
create role regress_ge_bypass bypassrls;
create role regress_ge_apart noinherit in role regress_ge_group;
grant create on schema public to regress_ge_owner;
create schema hidden authorization regress_ge_owner;
set role regress_ge_owner;
select eventlog.create_log('public.events');
select eventlog.create_log('hidden.events');
create table public.plain (tenant_id uuid);
select eventlog.grant_writer(null, 'regress_ge_app');
select eventlog.grant_writer('events', null);
select eventlog.grant_writer('events', 'nobody_here');
select eventlog.revoke_reader('events', 'nobody_here');
select eventlog.grant_reader('events', 'public');
select eventlog.grant_writer('plain', 'regress_ge_app');
select eventlog.grant_writer('events_key', 'regress_ge_app');
select eventlog.grant_writer('events', 'regress_ge_owner');
select eventlog.grant_reader('events', 'regress_ge_member');
select relname from pg_class where relrowsecurity;

-- A writer is held to a tenant and a service is not: no role is both, nor by inheriting.
select eventlog.grant_service('events', 'regress_ge_group');
select eventlog.grant_writer('events', 'regress_ge_group');
select eventlog.grant_writer('events', 'regress_ge_both');
select eventlog.grant_writer('events', 'regress_ge_apart');
select eventlog.revoke_writer('events', 'regress_ge_apart');
select eventlog.revoke_service('events', 'regress_ge_group');
select eventlog.grant_writer('events', 'regress_ge_both');
select eventlog.grant_service('events', 'regress_ge_group');
select eventlog.grant_consumer('events', 'regress_ge_app');
select eventlog.grant_reader('events', 'regress_ge_app');
select eventlog.isolate_tenants('events', readers => '{regress_ge_app}');
select polname, polroles::regrole[] from pg_policy where polrelid = 'public.events'::regclass order by 1;
-- A policy of one's own is in the way of a role as of a table.
create policy open on public.events for insert to regress_ge_apart with check (true);
select eventlog.grant_writer('events', 'regress_ge_apart');
select has_column_privilege('regress_ge_apart', 'public.events', 'type', 'insert');
drop policy open on public.events;
-- What policies do not hold is said.
select eventlog.grant_reader('events', 'regress_ge_bypass');
select eventlog.grant_service('events', 'regress_ge_bypass');
select eventlog.grant_reader('hidden.events', 'regress_ge_app');

set role regress_ge_app;
select eventlog.grant_reader('events', 'regress_ge_app');
select eventlog.revoke_writer('events', 'regress_ge_both');
reset role;
-- A table with somebody's gate is not that log.
create table public.fake (like public.events including all);
do $$ begin execute format('create trigger eventlog_gate before insert on public.fake for each row execute function eventlog.gate(%L)',
    (select log_id from eventlog.log where relation = 'public.events'::regclass)); end $$;
select eventlog.grant_writer('fake', 'regress_ge_app');
drop owned by regress_ge_owner, regress_ge_app, regress_ge_both, regress_ge_bypass, regress_ge_group cascade;
drop role regress_ge_owner, regress_ge_member, regress_ge_app, regress_ge_group, regress_ge_both, regress_ge_bypass, regress_ge_apart;
