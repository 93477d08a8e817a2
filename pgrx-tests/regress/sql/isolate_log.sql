-- A log and the table of its keys are isolated together; whoever could read or write goes on, for the current tenant.
create role regress_il_owner;
create role regress_il_app;
create role regress_il_table;
grant create on schema public to regress_il_owner;
grant execute on function eventlog.set_context(eventlog.ident, text, eventlog.ident, eventlog.ident, eventlog.ident, text, jsonb)
    to regress_il_app, regress_il_table;
\set t1 '\'11111111-1111-4111-8111-111111111111\''
\set t2 '\'22222222-2222-4222-8222-222222222222\''
set role regress_il_owner;
select eventlog.create_log('public.events', unregistered => 'allow', require_tenant => false);
grant select, insert on public.events to regress_il_app;
grant select, insert on public.events_key to regress_il_app;
select count(eventlog.log_event('old', tenant_id => t, idempotency_key => 'k')) from unnest(array[:t1, :t2, null]) t;
select eventlog.isolate_tenants('public.events');
create view public.state as
select p.polrelid::regclass, c.relrowsecurity as rls, c.relforcerowsecurity as forced, p.polname, p.polcmd, p.polroles::regrole[]
from pg_policy p join pg_class c on c.oid = p.polrelid order by p.polrelid::regclass::text collate "C", p.polname;
select * from public.state;
set role regress_il_app;
begin;
select eventlog.set_context(:t1, 'user', '7');
select type, tenant_id from public.events;
select key, tenant_id from public.events_key;
-- the tenant's own key is the first event's, another's tells nothing
select eventlog.log_event('old', tenant_id => :t1, idempotency_key => 'k') = (select id from public.events);
savepoint s;
select eventlog.log_event('old', tenant_id => :t2, idempotency_key => 'k');
rollback to s;
select eventlog.log_event('old', tenant_id => :t2, idempotency_key => 'another');
rollback to s;
insert into public.events (tenant_id, type, payload, idempotency_key) values (:t2, 'old', '{}', 'k');
rollback to s;
insert into public.events (tenant_id, type, payload, idempotency_key) values (null, 'old', '{}', 'k');
rollback to s;
insert into public.events (type, payload, idempotency_key) values ('new', '{}', 'k2') returning tenant_id, actor_type, actor_id;
select count(*) from eventlog.log_events('[{"type": "a"}, {"type": "b", "idempotency_key": "b"}]');
savepoint s;
select eventlog.log_events('[{"type": "a"}, {"type": "b", "tenant_id": "22222222-2222-4222-8222-222222222222"}]');
rollback to s;
select eventlog.log_events('[{"type": "a"}, {"type": "b", "actor_id": "8"}]');
rollback to s;
commit;
-- A null tenant is nobody's.
begin;
select count(*) from public.events;
select eventlog.log_event('none');
rollback;

-- What is written as the owner is not held back: capture, for one.
set role regress_il_owner;
create table public.orders (id int primary key, tenant_id uuid, state text);
grant select, insert, update, delete on public.orders to regress_il_table;
select eventlog.track_changes('public.orders', tenant_column => 'tenant_id');
select eventlog.isolate_tenants('public.orders');
set role regress_il_table;
begin;
select eventlog.set_context(:t1);
insert into public.orders values (1, :t1, 'new');
update public.orders set state = 'paid' where id = 1;
commit;
select count(*) from public.events;
set role regress_il_app;
begin;
select eventlog.set_context(:t1);
select type, entity_id, tenant_id from public.events where entity_type = 'orders' order by seq;
select eventlog.entity_state('orders', 1);
select eventlog.set_context(:t2);
select eventlog.entity_state('orders', 1);
select count(*) from eventlog.entity_history('orders', 1, tenant_id => :t1);
commit;
set role regress_il_owner;
select count(*) from public.events;

-- A grant that comes later needs a call of its own.
revoke all on public.events, public.events_key from regress_il_app;
grant select on public.events to regress_il_table;
select eventlog.isolate_tenants('public.events');
select * from public.state where polname in ('eventlog_read', 'eventlog_write') and polrelid::regclass::text like '%events%';
select eventlog.isolate_tenants('public.events', readers => '{regress_il_table}', writers => '{}');
select * from public.state where polname in ('eventlog_read', 'eventlog_write') and polrelid::regclass::text like '%events%';

-- repair_log puts the policies back; after the extension was dropped, for those who hold the privilege.
drop policy eventlog_read on public.events;
alter table public.events_key disable row level security;
select * from eventlog.repair_log('public.events');
select * from eventlog.repair_log('public.events');
reset role;
set client_min_messages = warning;
drop extension pg_eventlog cascade;
select * from public.state where polrelid::regclass::text like '%events%';
create extension pg_eventlog;
set role regress_il_owner;
select * from eventlog.repair_log('public.events') where repair_log like 'policy%';
select * from public.state where polrelid::regclass::text like '%events%';

-- Another owner: the policy is still the old one's, until it is put right.
reset role;
alter table public.events owner to regress_il_table;
alter table public.events_key owner to regress_il_table;
set role regress_il_table;
select count(*) from public.events where type = 'old';
revoke select on public.events from regress_il_table;
select eventlog.isolate_tenants('public.events', readers => '{}', writers => '{}');
grant select on public.events to regress_il_table;
select count(*) from public.events where type = 'old';

-- Released, the log is as it was.
select eventlog.release_tenants('public.events');
select polrelid::regclass, polname from pg_policy where polrelid::regclass::text like '%events%';
select relname, relrowsecurity, relforcerowsecurity from pg_class where relname in ('events', 'events_key') order by 1;
reset role;
drop owned by regress_il_owner, regress_il_app, regress_il_table cascade;
drop role regress_il_owner, regress_il_app, regress_il_table;
