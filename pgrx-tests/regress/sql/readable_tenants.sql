-- Whose events a session reads.
create role regress_rt_owner;
create role regress_rt_reader;
create role regress_rt_consumer;
create role regress_rt_plain;
grant create on schema public to regress_rt_owner;
set role regress_rt_owner;
select eventlog.create_log('public.events', unregistered => 'allow', tenant_type => 'text');
grant select on public.events to regress_rt_plain;
select eventlog.readable_tenants('events');
select eventlog.isolate_tenants('public.events', readers => '{regress_rt_reader}');
select eventlog.grant_reader('events', 'regress_rt_reader');
select eventlog.grant_consumer('events', 'regress_rt_consumer');
-- The owner, and a consumer.
select eventlog.readable_tenants('events');
reset role;
select eventlog.grant_context('regress_rt_reader');
set role regress_rt_consumer;
select eventlog.readable_tenants();
-- A reader has the tenant of the context.
set role regress_rt_reader;
select eventlog.readable_tenants();
begin;
select eventlog.set_context(tenant_id => 'acme');
select eventlog.readable_tenants();
commit;
-- Whom no policy lets see anything.
set role regress_rt_plain;
select eventlog.readable_tenants();
-- Not all columns.
reset role;
revoke select on public.events from regress_rt_plain;
grant select (id, seq) on public.events to regress_rt_plain;
set role regress_rt_plain;
select eventlog.readable_tenants();
-- A policy of somebody's own.
reset role;
set role regress_rt_owner;
create policy mine on public.events as restrictive for select to regress_rt_reader using (type <> 'secret');
set role regress_rt_reader;
select eventlog.readable_tenants();
reset role;
select eventlog.readable_tenants();
drop policy mine on public.events;

-- By members: all of them at once.
select eventlog.release_tenants('public.events');
create table public.members (company text not null, person text not null);
create index on public.members (person);
insert into public.members values ('acme', 'ann'), ('globex', 'ann'), ('initech', 'bob');
grant select on public.members to regress_rt_reader, regress_rt_owner;
set role regress_rt_owner;
select eventlog.isolate_tenants('public.events', readers => '{regress_rt_reader}', membership => 'public.members(person, company)');
set role regress_rt_reader;
begin;
select eventlog.set_context(actor_id => 'ann', actor_type => 'user');
select eventlog.readable_tenants();
commit;
select eventlog.readable_tenants();
