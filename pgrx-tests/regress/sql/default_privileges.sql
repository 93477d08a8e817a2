-- A new log is its owner's alone, whatever default privileges say of new tables and sequences.
create role regress_dp_owner;
create role regress_dp_client;
grant create on schema public to regress_dp_owner;
alter default privileges for role regress_dp_owner grant select, insert, truncate on tables to regress_dp_client, public;
alter default privileges for role regress_dp_owner in schema public grant all on sequences to regress_dp_client;
alter default privileges in schema public grant select, insert on tables to regress_dp_client;
create view public.granted as
    select c.relname, c.relkind, coalesce(r.rolname, 'public') as grantee, string_agg(g.privilege_type, ' ' order by g.privilege_type) as privileges
    from pg_class c cross join lateral aclexplode(c.relacl) g left join pg_roles r on r.oid = g.grantee
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'S') and g.grantee <> c.relowner
    group by 1, 2, 3
    order by 1, 3;
set role regress_dp_owner;
create table public.other (id int);
select eventlog.create_log('public.events');
select eventlog.create_log('public.parted', partition_interval => '1 month');
reset role;
select * from public.granted;

-- What was given since stays when a log is repaired; what a repair makes is closed, whoever repairs.
grant select on public.events, public.events_key to regress_dp_client;
drop table public.events_key;
select eventlog.repair_log('public.events');
select * from public.granted where relname like 'events%';
alter default privileges in schema public revoke select, insert on tables from regress_dp_client;
drop owned by regress_dp_owner cascade;
drop owned by regress_dp_client cascade;
drop role regress_dp_owner, regress_dp_client;
