-- Privileges: each finding, its remedy, and what is left after it.
create role regress_dr_owner;
create role regress_dr_anon;
create role "regress dr Dealer";
grant create on schema public to regress_dr_owner;
\set found 'select severity, object, finding, remedy from eventlog.doctor()'
\set remedies 'select remedy from eventlog.doctor()'
set role regress_dr_owner;
-- as Supabase does by default, which a new log does not take over
alter default privileges in schema public grant all on tables to regress_dr_anon;
alter default privileges in schema public grant all on sequences to regress_dr_anon;
select eventlog.create_log('public.events', require_tenant => false);
:found;
grant all on public.events, public.events_key to regress_dr_anon;
grant all on sequence public.events_seq_seq to regress_dr_anon;
create table public.orders (company text primary key);
create table public.orders_p (company text primary key) partition by list (company);
create table public.orders_1 partition of public.orders_p default;
select eventlog.isolate_tenants('public.orders', 'company');
select eventlog.isolate_tenants('public.orders_p', 'company');
:found;
:remedies \gexec
:found;

-- everyone, by a column, and what someone passed on
grant select on public.events to public;
grant update (type) on public.events to public;
grant insert on public.events_key to public;
grant delete on public.events to "regress dr Dealer" with grant option;
set role "regress dr Dealer";
grant delete on public.events to regress_dr_anon;
set role regress_dr_owner;
grant truncate on public.orders to public;
grant usage, update on sequence public.events_seq_seq to public;
:found;
:remedies \gexec
:found;
select c.relname, coalesce(r.rolname, 'public') as role, string_agg(e.privilege_type, ', ' order by e.privilege_type) as privileges
from pg_class c cross join lateral aclexplode(c.relacl) e left join pg_roles r on r.oid = e.grantee
where c.relname in ('events', 'events_key', 'orders', 'events_seq_seq') and e.grantee <> c.relowner and e.privilege_type <> 'MAINTAIN'
group by 1, 2 order by 1, 2;

-- what is the extension's
reset role;
grant execute on function eventlog.set_context to public;
grant insert, update on eventlog.tracked_table to regress_dr_anon;
grant truncate on eventlog.admin_log to pg_database_owner;
:found;
:remedies \gexec
:found;
alter default privileges for role regress_dr_owner in schema public revoke all on tables from regress_dr_anon;
alter default privileges for role regress_dr_owner in schema public revoke all on sequences from regress_dr_anon;
drop owned by regress_dr_owner, regress_dr_anon, "regress dr Dealer" cascade;
drop role regress_dr_owner, regress_dr_anon, "regress dr Dealer";
