-- Who makes the extension may give others rights on all that they make. The catalogue and the context are not among it.
\set VERBOSITY default
set client_min_messages = warning;
drop extension pg_eventlog;
create role regress_go_app;
alter default privileges grant all on tables to regress_go_app, public;
alter default privileges grant all on sequences to regress_go_app;
alter default privileges grant all on functions to regress_go_app;
create extension pg_eventlog;
select c.relname, e.grantee::regrole, string_agg(e.privilege_type, ',' order by e.privilege_type) as privileges
from pg_class c cross join lateral aclexplode(c.relacl) e
where c.relnamespace = 'eventlog'::regnamespace and c.relkind in ('r', 'S') and e.grantee <> c.relowner
group by 1, 2 order by 1, 2::text;
set role regress_go_app;
select eventlog.set_context(tenant_id => 'acme', actor_type => 'user', actor_id => 'u1');
insert into eventlog.admin_log (role, session_role, action, object, detail) values ('me', 'me', 'nothing', 'x', '{}');
update eventlog.log set is_default = true;
reset role;
select eventlog.grant_context('regress_go_app');
set role regress_go_app;
begin;
select eventlog.set_context(tenant_id => 'acme', actor_type => 'user', actor_id => 'u1');
rollback;
reset role;
alter default privileges revoke all on tables from regress_go_app, public;
alter default privileges revoke all on sequences from regress_go_app;
alter default privileges revoke all on functions from regress_go_app;
select eventlog.revoke_context('regress_go_app');
drop owned by regress_go_app;
drop role regress_go_app;
