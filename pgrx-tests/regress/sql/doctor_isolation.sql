-- Row-level security: each finding, its remedy, and what is left after it.
create role regress_di_owner;
create role regress_di_app;
create role regress_di_other;
create role regress_di_new;
grant create on schema public to regress_di_owner, regress_di_new;
\set found 'select severity, object, finding, remedy from eventlog.doctor()'
\set remedies 'select remedy from eventlog.doctor()'
set role regress_di_owner;

-- grants and nobody who says for which tenant
select eventlog.create_log('public.events', partition_interval => '1 month');
grant select on public.events to regress_di_app;
:found;
:remedies \gexec
:found;
select eventlog.release_tenants('public.events');
revoke all on public.events from regress_di_app;

-- enabled, and no policy
alter table public.events enable row level security;
:found;
:remedies \gexec
:found;
alter table public.events_key no force row level security;
create table public."Orders" (id int, "Company" text, user_id text, primary key ("Company", id)) partition by list ("Company");
create table public.orders_a partition of public."Orders" for values in ('a');
create table public.orders_b partition of public."Orders" default;
create table public.members (user_id text, company text);
select eventlog.isolate_tenants('public."Orders"', 'Company', '{regress_di_app}', '{regress_di_app,regress_di_other}');
create table public.documents (id int, company text);
select eventlog.isolate_tenants('public.documents', 'company', '{regress_di_app}', membership => 'public.members(user_id, company)');
:found;
:remedies \gexec
:found;

-- disabled, on the table, its keys, a partition
alter table public.events disable row level security;
alter table public.events_key disable row level security;
alter table public.events_default disable row level security;
alter table public.orders_a disable row level security;
grant select on public.orders_a to regress_di_app;
grant select (id) on public.orders_b to public;
:found;
:remedies \gexec
:found;

-- not forced, with and without a policy for the owner
alter table public."Orders" no force row level security;
alter table public.documents no force row level security;
drop policy eventlog_owner on public.documents;
:found;
:remedies \gexec
:found;
-- What its comment kept is lost, and the catalogue knows it.
select eventlog._isolate_call('public.documents'), eventlog._isolate_call('public."Orders"');

-- policies that ask for nothing
alter policy eventlog_read on public."Orders" using (true);
alter policy eventlog_write on public."Orders" with check ("Company" <> '');
alter policy eventlog_update on public."Orders" with check (true);
select eventlog.grant_writer('public.events', 'regress_di_app');
alter policy eventlog_write on public.events with check (true);
:found;
:remedies \gexec
:found;
select polname, pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid) from pg_policy
where polrelid in ('public."Orders"'::regclass, 'public.events'::regclass) order by polrelid, polname;

-- keys by themselves
drop policy eventlog_read on public.events_key;
drop policy eventlog_write on public.events_key;
drop policy eventlog_owner on public.events_key;
alter table public.events_key disable row level security;
:found;
:remedies \gexec
:found;

-- another owner
reset role;
alter table public.orders_b owner to regress_di_new;
alter table public."Orders" owner to regress_di_new;
:found;
:remedies \gexec
:found;

-- indexes
drop index public.events_type_idx, public.events_tenant_idx, public.events_entity_idx, public.events_actor_idx;
:found;
create index on public.events (tenant_id) where type = 'x';
create index on public.events (type, tenant_id);
alter table public."Orders" drop constraint "Orders_pkey";
:found;
:remedies \gexec
:found;
drop owned by regress_di_owner, regress_di_app, regress_di_other, regress_di_new cascade;
drop role regress_di_owner, regress_di_app, regress_di_other, regress_di_new;
