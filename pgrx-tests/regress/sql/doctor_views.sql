-- Views and security definer functions: each finding, its remedy, and what is left after it.
create role regress_dv_owner;
create role regress_dv_app;
create role regress_dv_maker;
grant create on schema public to regress_dv_owner;
\set found 'select severity, object, finding, remedy from eventlog.doctor()'
\set remedies 'select remedy from eventlog.doctor()'
set role regress_dv_owner;
select eventlog.create_log('public.events');
select eventlog.create_log('public.free', require_tenant => false, unregistered => 'allow');
select eventlog.isolate_tenants('public.events', readers => '{regress_dv_app}');
create view public."All Events" as select * from public.events;
grant select on public."All Events" to regress_dv_app;
create view public.careful with (security_invoker) as select * from public.events;
create view public.careful_too with (security_invoker = on) as select * from public.events;
create view public.over with (security_invoker = off) as select type from public.careful_too;
create view public.free_types as select type from public.free;
create materialized view public.counts as select count(*) as n from public.events;
grant select on public.counts to regress_dv_app, public;
create materialized view public.mine as select 1 as one from public.careful;
:found;
:remedies \gexec
:found;
\d+ public.counts
select relname, relkind, relowner::regrole, reloptions,
    array(select case e.grantee when 0 then 'public' else e.grantee::regrole::text end from aclexplode(relacl) e where e.privilege_type = 'SELECT' order by 1) as readers
from pg_class where relname in ('counts', 'mine') order by 1;

-- definer functions
reset role;
create schema open;
create schema closed;
grant create on schema open to regress_dv_maker;
grant usage, create on schema closed to regress_dv_owner;
set role regress_dv_owner;
create function closed.write() returns void language plpgsql security definer as $$ begin insert into public.events (type) values ('x'); end $$;
create function closed.private() returns void language sql security definer as $$ select count(*) from public.events $$;
revoke execute on function closed.private() from public;
create procedure closed.other(x int default 1) language sql security definer as $$ select 1 $$;
create function closed.nobodys() returns void language sql security definer as $$ select $$;
revoke execute on function closed.nobodys() from public;
create function closed.pinned() returns void language sql security definer set search_path = pg_catalog, pg_temp as $$ select eventlog.current_tenant() $$;
create function closed.empty() returns void language sql security definer set search_path = '' as $$ select eventlog.current_tenant() $$;
create function closed.bound() returns bigint language sql security definer begin atomic select count(*) from public.events; end;
create function closed.invoker() returns void language sql as $$ select count(*) from public.events $$;
create function closed.to_open() returns void language sql security definer set search_path = pg_catalog, "open", pg_temp as $$ select eventlog.current_tenant() $$;
reset role;
create function open.write() returns void language sql security definer as $$ select eventlog.log_event('x') $$;
:found;
:remedies \gexec
:found;
select oid::regprocedure, proconfig from pg_proc where prosecdef and pronamespace in ('open'::regnamespace, 'closed'::regnamespace) order by oid::regprocedure::text collate "C";
drop owned by regress_dv_owner, regress_dv_app, regress_dv_maker cascade;
drop role regress_dv_owner, regress_dv_app, regress_dv_maker;
