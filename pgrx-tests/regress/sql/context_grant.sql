-- grant_context gives a role the right to set the context, and revoke_context takes it back, whoever gave it.
create role regress_context_service;
create role regress_context_deputy;
create role "regress_Context ""odd""";
create view public.setters as
select a.grantee::regrole, a.grantor::regrole, a.is_grantable
from pg_proc p, aclexplode(p.proacl) a
where p.oid = 'eventlog.set_context'::regproc and a.grantee <> p.proowner
order by a.grantee::regrole::text collate "C", a.grantor::regrole::text collate "C";
select eventlog.grant_context('regress_context_service');
select eventlog.grant_context('regress_context_service');
select eventlog.grant_context(role => 'regress_Context "odd"');
table public.setters;
set role regress_context_service;
begin;
select eventlog.set_context('t-1');
select eventlog.current_tenant();
rollback;
reset role;

-- By hand it works as well; what somebody passed on goes with the right to do so.
revoke all on function eventlog.set_context from "regress_Context ""odd""";
grant execute on function eventlog.set_context to regress_context_service with grant option;
set role regress_context_service;
grant execute on function eventlog.set_context to regress_context_deputy;
reset role;
table public.setters;
select eventlog.revoke_context('regress_context_deputy');
table public.setters;
set role regress_context_service;
grant execute on function eventlog.set_context to regress_context_deputy;
reset role;
select eventlog.revoke_context('regress_context_service');
select eventlog.revoke_context('regress_context_service');
table public.setters;
set role regress_context_service;
select eventlog.set_context('t-1');
reset role;

-- Another role may lend the right.
select eventlog.grant_context('regress_context_service');
grant regress_context_service to regress_context_deputy;
select eventlog.grant_context('regress_context_deputy');
select eventlog.revoke_context('regress_context_deputy');
select eventlog.revoke_context('regress_context_service');

-- The extension's owner keeps it. Bad arguments.
select eventlog.revoke_context(current_user);
select eventlog.grant_context(null);
select eventlog.revoke_context(null);
select eventlog.grant_context('regress_nobody');
select eventlog.revoke_context('regress_nobody');
select eventlog.grant_context('public');
select eventlog.grant_context('');

-- It is not for everyone, the database's owner and holders of the right included.
grant execute on function eventlog.set_context to regress_context_service with grant option;
set role regress_context_service;
select eventlog.grant_context('regress_context_deputy');
select eventlog.revoke_context('regress_context_deputy');
select eventlog.grant_context('regress_nobody');
reset role;
select eventlog.revoke_context('regress_context_service');
select role, session_role, action, log_id, object, detail from eventlog.admin_log order by id;
drop role regress_context_service, regress_context_deputy, "regress_Context ""odd""";
