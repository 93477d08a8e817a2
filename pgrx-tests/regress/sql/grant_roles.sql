-- Roles of a log: what each may do is privileges, for which tenant is policies.
create role regress_gr_owner;
create role regress_gr_app;
create role regress_gr_service;
create role regress_gr_consumer;
create role regress_gr_odd;
grant create on schema public to regress_gr_owner;
set role regress_gr_owner;
select eventlog.create_log('public.events');
create view public.state as
select p.polrelid::regclass as relation, p.polname, p.polroles::regrole[]::text[] as roles from pg_policy p
where p.polname <> 'eventlog_owner' order by p.polrelid::regclass::text collate "C", p.polname;
create view public.rights as
select c.relname, g.grantee::regrole, g.privilege_type, g.columns
from pg_class c
cross join lateral (
    select g.grantee, g.privilege_type, null as columns from aclexplode(c.relacl) g
    union all
    select g.grantee, g.privilege_type, string_agg(a.attname, ',' order by a.attnum)
    from pg_attribute a cross join lateral aclexplode(a.attacl) g where a.attrelid = c.oid group by 1, 2
) g
where c.relname in ('events', 'events_key') and g.grantee <> c.relowner and g.privilege_type <> 'MAINTAIN'
order by g.grantee::regrole::text, c.relname, g.privilege_type, g.columns;
select * from public.rights;

-- The first of them isolates the log.
select eventlog.grant_writer('events', 'regress_gr_app');
select eventlog.grant_reader('events', 'regress_gr_app');
select eventlog.grant_service('events', 'regress_gr_service');
select eventlog.grant_consumer('events', 'regress_gr_consumer');
select * from public.rights;
select * from public.state;
-- Twice is once.
select eventlog.grant_writer('events', 'regress_gr_app');
select eventlog.grant_reader('events', 'regress_gr_app');
select eventlog.grant_service('events', 'regress_gr_service');
select eventlog.grant_consumer('events', 'regress_gr_consumer');
-- What a role was granted by hand, and no helper gives, goes: nobody edits.
grant all on public.events, public.events_key to regress_gr_odd;
grant insert (id, seq), update (type) on public.events to regress_gr_odd;
select eventlog.grant_writer('events', 'regress_gr_odd');
select * from public.rights where grantee = 'regress_gr_odd'::regrole;
select eventlog.revoke_writer('events', 'regress_gr_odd');
select * from public.rights where grantee = 'regress_gr_odd'::regrole;
select eventlog.revoke_reader('events', 'regress_gr_odd');
select * from public.rights where grantee = 'regress_gr_odd'::regrole;
grant all on public.events to regress_gr_odd;
select eventlog.grant_reader('events', 'regress_gr_odd');
select * from public.rights where grantee = 'regress_gr_odd'::regrole;
select eventlog.revoke_reader('events', 'regress_gr_odd');

-- What one has is not taken by the name of another.
select eventlog.revoke_writer('events', 'regress_gr_service');
select eventlog.revoke_reader('events', 'regress_gr_consumer');
select eventlog.revoke_service('events', 'regress_gr_app');
select eventlog.revoke_consumer('events', 'regress_gr_app');
select * from public.state;
select eventlog.revoke_writer('events', 'regress_gr_app');
select eventlog.revoke_reader('events', 'regress_gr_app');
select eventlog.revoke_service('events', 'regress_gr_service');
select eventlog.revoke_consumer('events', 'regress_gr_consumer');
select eventlog.revoke_consumer('events', 'regress_gr_consumer');
select * from public.rights where grantee <> 'regress_gr_odd'::regrole;
select * from public.state;
reset role;
select action, detail ->> 'role' as role, detail -> 'changed' as changed from eventlog.admin_log where action ~ '^(grant|revoke)' order by id;
drop owned by regress_gr_owner, regress_gr_app, regress_gr_service, regress_gr_consumer, regress_gr_odd cascade;
drop role regress_gr_owner, regress_gr_app, regress_gr_service, regress_gr_consumer, regress_gr_odd;
