-- Any table can be isolated: whoever holds a privilege on it has it for the rows of the current tenant, from then on.
create role regress_it_owner;
create role regress_it_app;
grant create on schema public to regress_it_owner;
grant execute on function eventlog.set_context(eventlog.ident, text, eventlog.ident, eventlog.ident, eventlog.ident, text, jsonb)
    to regress_it_app;
set role regress_it_owner;
create table public.invoices (id int primary key, tenant_id uuid not null, amount numeric);
create index on public.invoices (tenant_id);
insert into public.invoices
select n, ('00000000-0000-4000-8000-00000000000' || n % 3)::uuid, n from generate_series(1, 9) n;
grant select, insert, update, delete on public.invoices to regress_it_app;
select eventlog.isolate_tenants('public.invoices');
\d public.invoices
select polname, obj_description(oid, 'pg_policy') from pg_policy order by 1;

-- Only the owner is not held to a tenant.
select count(*) from public.invoices;
set role regress_it_app;
select count(*) from public.invoices;
insert into public.invoices values (10, '00000000-0000-4000-8000-000000000001', 1);
begin;
select eventlog.set_context(tenant_id => '00000000-0000-4000-8000-000000000001');
select id from public.invoices order by id;
insert into public.invoices values (10, '00000000-0000-4000-8000-000000000001', 10) returning id;
update public.invoices set amount = 0 returning id;
delete from public.invoices where id in (2, 4) returning id;
savepoint s;
insert into public.invoices values (11, '00000000-0000-4000-8000-000000000002', 1);
rollback to s;
-- nor can a row be moved to another tenant, or taken over from one
update public.invoices set tenant_id = '00000000-0000-4000-8000-000000000002';
rollback to s;
insert into public.invoices values (2, '00000000-0000-4000-8000-000000000001', 1) on conflict (id) do update set amount = 1;
rollback to s;
merge into public.invoices i using (values (2)) v (id) on i.id = v.id when matched then update set amount = 9 when not matched then do nothing;
copy (select id from public.invoices) to stdout;
\copy public.invoices from '/dev/null'
rollback to s;
commit;
-- Malformed is an error, and never another tenant.
begin;
select eventlog.set_context(tenant_id => 'no uuid');
select count(*) from public.invoices;
rollback;
begin;
select eventlog.set_context(tenant_id => '');
select count(*) from public.invoices;
rollback;
set role regress_it_owner;
select id, amount from public.invoices order by id;

-- Twice is once, and what was changed by hand is put right.
create temporary table policies as select * from pg_policy where polrelid = 'public.invoices'::regclass;
select eventlog.isolate_tenants('public.invoices');
select count(*) as same from pg_policy p join policies using (oid);
alter policy eventlog_read on public.invoices using (true);
alter policy eventlog_owner on public.invoices to regress_it_app;
alter table public.invoices disable row level security;
select eventlog.isolate_tenants('public.invoices', force => false);
select polname, polroles::regrole[], pg_get_expr(polqual, polrelid) from pg_policy order by 1;
select relrowsecurity, relforcerowsecurity from pg_class where relname = 'invoices';

-- Rows without a tenant are the owner's alone.
alter table public.invoices alter tenant_id drop not null;
insert into public.invoices values (20, null, 1);
set role regress_it_app;
select count(*) from public.invoices where tenant_id is null;
begin;
select eventlog.set_context(tenant_id => '00000000-0000-4000-8000-000000000001');
select count(*) from public.invoices where tenant_id is null;
insert into public.invoices values (21, null, 1);
rollback;

-- Undone is as before, and twice is once.
set role regress_it_owner;
select eventlog.release_tenants('public.invoices');
select eventlog.release_tenants('public.invoices');
\d public.invoices
alter table public.invoices enable row level security, force row level security;
create policy mine on public.invoices as restrictive using (amount >= 0);
select eventlog.isolate_tenants('public.invoices', force => false);
select eventlog.release_tenants('public.invoices');
\d public.invoices
reset role;
select action, object, detail from eventlog.admin_log order by id;
drop owned by regress_it_owner, regress_it_app cascade;
drop role regress_it_owner, regress_it_app;
