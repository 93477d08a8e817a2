-- Partitions are closed: whoever reads or writes does so through the table.
create role regress_ip_owner;
create role regress_ip_app;
grant create on schema public to regress_ip_owner;
grant execute on function eventlog.set_context(eventlog.ident, text, eventlog.ident, eventlog.ident, eventlog.ident, text, jsonb)
    to regress_ip_app;
set role regress_ip_owner;
create table public.sales (id int, tenant_id bigint not null, day date) partition by range (day);
create table public.sales_1 partition of public.sales for values from ('2024-01-01') to ('2024-02-01');
create table public.sales_2 partition of public.sales for values from ('2024-02-01') to ('2024-04-01') partition by list (tenant_id);
create table public.sales_2_1 partition of public.sales_2 for values in (1);
grant select, insert on public.sales to regress_ip_app;
grant all on public.sales_1 to regress_ip_app;
grant select (id) on public.sales_2_1 to regress_ip_app with grant option;
grant select on public.sales_2 to public;
select eventlog.isolate_tenants('public.sales');
create view public.state as
select t.relid, c.relrowsecurity as rls, c.relforcerowsecurity as forced, p.polname, p.polroles::regrole[]::text[] as roles, replace(c.relacl::text, 'Dxtm', 'Dxt') as acl,
    (select array_agg(attacl) from pg_attribute a where a.attrelid = c.oid and attacl is not null) as columns
from pg_partition_tree('public.sales') t join pg_class c on c.oid = t.relid left join pg_policy p on p.polrelid = c.oid
    and p.polname = 'eventlog_owner'
order by t.relid::text collate "C";
select * from public.state;

-- made later, with grants by default, attached, in levels, with a schema
alter default privileges in schema public grant all on tables to regress_ip_app;
create table public.sales_3 partition of public.sales for values from ('2024-04-01') to ('2024-05-01');
create table public.sales_2_2 partition of public.sales_2 default;
create table public.sales_4 (id int, tenant_id bigint not null, day date);
insert into public.sales_4 values (4, 2, '2024-05-02');
grant all on public.sales_4 to public;
alter table public.sales attach partition public.sales_4 for values from ('2024-05-01') to ('2024-06-01');
create table public.sales_5 (id int, tenant_id bigint not null, day date) partition by range (day);
create table public.sales_5_1 partition of public.sales_5 default;
alter table public.sales attach partition public.sales_5 for values from ('2024-06-01') to ('2024-07-01');
alter default privileges in schema public revoke all on tables from regress_ip_app;
create table public.stranger (id int);
reset role;
create schema regress_extra authorization regress_ip_owner
    create table part partition of public.sales default;
create table public.sales_6 partition of public.sales for values from ('2024-07-01') to ('2024-08-01');
select * from public.state;
-- A superuser's partition stays the superuser's; given to the owner of the table, it gets that one's policy.
alter table public.sales_6 owner to regress_ip_owner;
set role regress_ip_owner;
select eventlog.isolate_tenants('public.sales');
select * from public.state where relid = 'public.sales_6'::regclass;
insert into public.sales select n, n % 2 + 1, '2024-01-15'::date + n * interval '1 month' from generate_series(0, 6) n;
select tableoid::regclass, count(*) from public.sales group by 1 order by 1;
select count(*) from public.sales_1;
set role regress_ip_app;
select count(*) from public.sales;
begin;
select eventlog.set_context(tenant_id => 1);
select tenant_id, count(*) from public.sales group by 1;
insert into public.sales values (20, 1, '2024-01-20');
savepoint s;
insert into public.sales values (20, 2, '2024-01-20');
rollback to s;
select count(*) from public.sales_1;
rollback to s;
insert into public.sales_3 values (1, 1, '2024-04-20');
rollback to s;
select count(*) from public.sales_2_1;
rollback to s;
truncate public.sales_1;
rollback;
-- A grant on a partition, made later, opens nothing.
set role regress_ip_owner;
grant all on public.sales_1 to regress_ip_app;
set role regress_ip_app;
begin;
select eventlog.set_context(tenant_id => 1);
select count(*) from public.sales_1;
update public.sales_1 set id = 0;
insert into public.sales_1 values (1, 1, '2024-01-20');
rollback;

-- A detached partition stays closed until its owner releases it; attached to it again, it is closed again.
set role regress_ip_owner;
select eventlog.release_tenants('public.sales_1');
alter table public.sales detach partition public.sales_1;
select relrowsecurity, relforcerowsecurity from pg_class where relname = 'sales_1';
select eventlog.release_tenants('public.sales_1');
select relrowsecurity, relforcerowsecurity from pg_class where relname = 'sales_1';
alter table public.sales attach partition public.sales_1 for values from ('2024-01-01') to ('2024-02-01');
select relrowsecurity, relforcerowsecurity from pg_class where relname = 'sales_1';
-- Without force, and none at all.
select eventlog.isolate_tenants('public.sales', force => false);
create table public.sales_7 partition of public.sales for values from ('2024-08-01') to ('2024-09-01');
select relname from pg_class where relrowsecurity and relforcerowsecurity;
select relid from public.state where not rls or polname is null;
select eventlog.release_tenants('public.sales');
create table public.sales_8 partition of public.sales for values from ('2024-09-01') to ('2024-10-01');
select * from public.state where rls or polname is not null;
select polrelid::regclass, polname from pg_policy;
reset role;
select action, detail from eventlog.admin_log where action = 'isolate_tenants' order by id limit 1;

-- A partitioned log: its own new partitions too.
select eventlog.create_log('public.events', partition_interval => '1 month');
select eventlog.grant_writer('public.events', 'regress_ip_app');
select c.relrowsecurity, c.relforcerowsecurity, count(*), bool_and(p.oid is not null) from pg_partition_tree('public.events') t
join pg_class c on c.oid = t.relid left join pg_policy p on p.polrelid = c.oid and polname = 'eventlog_owner' group by 1, 2;
create table public.events_old partition of public.events for values from ('2001-01-01') to ('2001-02-01');
select polname from pg_policy where polrelid = 'public.events_old'::regclass;
drop owned by regress_ip_owner, regress_ip_app cascade;
drop role regress_ip_owner, regress_ip_app;
