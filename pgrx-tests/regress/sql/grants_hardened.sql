-- Who makes the extension may have taken EXECUTE on functions and USAGE on types from everyone, for all that they make.
-- Others write events all the same, and what is closed stays closed.
\set VERBOSITY default
set client_min_messages = warning;
drop extension pg_eventlog;
alter default privileges revoke execute on functions from public;
alter default privileges revoke usage on types from public;
create function public.closed() returns int language sql as 'select 1';
create extension pg_eventlog;
select p.oid::regprocedure::text collate "C" as closed
from pg_proc p
where p.pronamespace = 'eventlog'::regnamespace and not has_function_privilege('public', p.oid, 'execute')
order by 1;
select has_type_privilege('public', 'eventlog.ident', 'usage');

-- It leaves no default of its own behind.
select d.defaclnamespace::regnamespace, d.defaclobjtype, d.defaclacl from pg_default_acl d order by 2;
select has_function_privilege('public', 'public.closed()', 'execute');

create role regress_gh_writer;
select eventlog.create_log('public.events', tenant_type => 'text');
select eventlog.grant_writer('public.events', 'regress_gh_writer');
select eventlog.register_event_type('paid', '{amount}');
begin;
select eventlog.set_context(tenant_id => 'acme', actor_type => 'user', actor_id => 'u1');
set local role regress_gh_writer;
select eventlog.log_event('paid', '{"amount": 1}') is not null as written;
commit;
select severity, object, finding from eventlog.doctor() where object like 'function eventlog.%';

-- What is closed later is told, though nobody ever granted it by name.
revoke execute on function eventlog.new_seq(regclass) from public;
select severity, object, finding, remedy from eventlog.doctor() where object like 'function eventlog.%';
alter default privileges grant execute on functions to public;
alter default privileges grant usage on types to public;
drop owned by regress_gh_writer;
drop role regress_gh_writer;
