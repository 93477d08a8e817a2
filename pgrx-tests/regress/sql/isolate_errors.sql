-- What cannot be isolated is refused, and nothing is left half done.
create role regress_ie_owner;
create role regress_ie_member in role regress_ie_owner;
create role regress_ie_other;
grant create on schema public to regress_ie_owner;
set role regress_ie_owner;
create table public.t (id int, tenant_id uuid, at timestamptz, code char(5), members uuid);
create view public.v as select * from public.t;
create materialized view public.m as select * from public.t;
create sequence public.s;
create type public.c as (tenant_id uuid);
create table public.p (tenant_id uuid) partition by list (tenant_id);
create table public.p1 partition of public.p default;
create table public.parent (tenant_id uuid);
create table public.child () inherits (public.parent);
create table public.people (user_id uuid, tenant_id uuid, team bigint, born date);
select eventlog.create_log('public.events');

select eventlog.isolate_tenants(null);
select eventlog.isolate_tenants('nowhere');
select eventlog.isolate_tenants(99999999);
select eventlog.isolate_tenants('public.v');
select eventlog.isolate_tenants('public.m');
select eventlog.isolate_tenants('public.s');
select eventlog.isolate_tenants('public.c');
select eventlog.isolate_tenants('public.p1');
select eventlog.isolate_tenants('public.parent');
select eventlog.isolate_tenants('public.child');
select eventlog.isolate_tenants('public.events_key');
select eventlog.isolate_tenants('public.events', 'id');
select eventlog.isolate_tenants('public.t', null);
select eventlog.isolate_tenants('public.t', 'nothing');
select eventlog.isolate_tenants('public.t', 'ctid');
select eventlog.isolate_tenants('public.t', 'at');
select eventlog.isolate_tenants('public.t', 'code');
select eventlog.isolate_tenants('public.t', force => null);
select eventlog.isolate_tenants('public.t', readers => '{nobody_here}');
select eventlog.isolate_tenants('public.t', writers => array[null::name]);
select eventlog.isolate_tenants('public.t', writers => '{regress_ie_owner}');
select eventlog.isolate_tenants('public.t', readers => '{regress_ie_member}');
select eventlog.isolate_tenants('public.t', membership => 'people');
select eventlog.isolate_tenants('public.t', membership => 'people(user_id, tenant_id) where true');
select eventlog.isolate_tenants('public.t', membership => 'people(user_id, tenant_id); drop table t');
select eventlog.isolate_tenants('public.t', membership => 'nowhere.people(user_id, tenant_id)');
select eventlog.isolate_tenants('public.t', membership => 'peeple(user_id, tenant_id)');
select eventlog.isolate_tenants('public.t', membership => 'people(user_id, tenant)');
select eventlog.isolate_tenants('public.t', membership => 'people(user_id, team)');
select eventlog.isolate_tenants('public.t', membership => 'people(born, tenant_id)');
select eventlog.isolate_tenants('public.t', membership => 's(user_id, tenant_id)');
select eventlog.isolate_tenants('public.t', membership => 't(members, tenant_id)');

-- a log that lost its gate is to be repaired first
drop trigger eventlog_gate on public.events;
select eventlog.isolate_tenants('public.events');
select eventlog.grant_writer('public.events', 'regress_ie_other');

-- only the owner may
set role regress_ie_other;
select eventlog.isolate_tenants('public.t');
select eventlog.release_tenants('public.t');
select eventlog.release_tenants(null);
-- who has the owner's rights may, and the owner's policy is the owner's
set role regress_ie_member;
select eventlog.isolate_tenants('public.t');
select polname, polroles::regrole[] from pg_policy where polname = 'eventlog_owner';
select eventlog.release_tenants('public.t');
reset role;
select eventlog.isolate_tenants('pg_class', 'relname');
select eventlog.isolate_tenants('eventlog.admin_log', 'role');
select eventlog.isolate_tenants('information_schema.sql_features', 'feature_id');
select count(*) from pg_policy;
select relname from pg_class where relrowsecurity;
drop owned by regress_ie_owner cascade;
drop role regress_ie_owner, regress_ie_member, regress_ie_other;
