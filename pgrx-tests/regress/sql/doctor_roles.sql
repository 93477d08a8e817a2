-- Roles, settings and the extension itself: each finding, its remedy, and what is left after it.
create role regress_ds_owner;
create role regress_ds_writer;
create role regress_ds_bypass login bypassrls;
create role regress_ds_member login bypassrls;
create role regress_ds_super superuser;
create role regress_ds_admin superuser;
create role regress_ds_above bypassrls;
create role regress_ds_tenants bypassrls;
create role regress_ds_server bypassrls;
grant create on schema public to regress_ds_owner;
\set found 'select severity, object, finding, remedy from eventlog.doctor()'
\set remedies 'select remedy from eventlog.doctor()'
set role regress_ds_owner;
select eventlog.create_log('public.events');
create table public.orders (company text primary key);
select eventlog.isolate_tenants('public.orders', 'company');
set client_min_messages = error;
select eventlog.grant_writer('public.events', 'regress_ds_writer');
select eventlog.grant_writer('public.events', 'regress_ds_bypass');
select eventlog.grant_reader('public.events', 'regress_ds_bypass');
select eventlog.grant_writer('public.events', 'regress_ds_super');
grant update on public.orders to regress_ds_writer;
-- as Supabase's service_role
grant all on public.orders to regress_ds_server;
grant select, insert on public.events, public.events_key to regress_ds_server;
-- A service writes for all tenants anyway, and a consumer reads them; an owner does both.
select eventlog.grant_service('public.events', 'regress_ds_tenants');
select eventlog.grant_consumer('public.events', 'regress_ds_tenants');
reset role;
grant regress_ds_owner, regress_ds_writer to regress_ds_above;
grant regress_ds_writer to regress_ds_member, regress_ds_admin;
:found;
:remedies \gexec
:found;
-- before anything is isolated
select eventlog.create_log('public.early');
grant select, insert on public.early to regress_ds_server;
:found;
:remedies \gexec
:found;
reset client_min_messages;
drop owned by regress_ds_bypass, regress_ds_super, regress_ds_member, regress_ds_above, regress_ds_admin, regress_ds_tenants, regress_ds_server cascade;
drop role regress_ds_bypass, regress_ds_super, regress_ds_member, regress_ds_above, regress_ds_admin, regress_ds_tenants, regress_ds_server;

-- settings, as they are stored and in this session
create role regress_ds_auth login;
create role "regress ds ""Q""";
create role regress_ds_root superuser;
set eventlog.jwt_logins = 'regress_ds_auth, regress_ds_none, "regress ds ""Q"""';
:found;
:remedies \gexec
:found;
show eventlog.jwt_logins;
reset eventlog.jwt_logins;
-- The name of the database is another one each time.
\set ECHO none
select format('alter database %I set eventlog.jwt_logins = %L', current_database(), 'regress_ds_root') \gexec
select format('alter role regress_ds_auth in database %I set eventlog.jwt_logins = %L', current_database(), 'regress_ds_none,regress_ds_auth') \gexec
select format('alter role regress_ds_auth in database %I set eventlog.tenant_claim = %L', current_database(), 'role') \gexec
select severity, object, finding, replace(remedy, current_database(), 'DATABASE') as remedy from eventlog.doctor();
:remedies \gexec
:found;
select setconfig from pg_db_role_setting where setrole = 'regress_ds_auth'::regrole;
-- Stored where the library was not there to refuse it.
\c
select format('alter database %I set eventlog.tenant_claim = %L', current_database(), 'user_metadata.tenant') \gexec
select severity, object, finding, replace(remedy, current_database(), 'DATABASE') as remedy from eventlog.doctor();
:remedies \gexec
\set ECHO all
:found;

-- event triggers, triggers, the schema
alter event trigger eventlog_follow_drop enable;
alter table eventlog.admin_log disable trigger eventlog_append_only_row;
alter table eventlog.tracked_table enable trigger eventlog_guard_tracking;
alter table eventlog.log enable replica trigger eventlog_invalidate;
alter event trigger eventlog_follow_ddl disable;
create function eventlog.log_event(type text, payload jsonb) returns int language sql as $$ select 1 $$;
create table eventlog.stray (n int);
create view eventlog.seen as select 1;
:found;
:remedies \gexec
:found;
alter extension pg_eventlog drop event trigger eventlog_follow_ddl;
drop event trigger eventlog_follow_ddl;
alter extension pg_eventlog drop event trigger eventlog_follow_drop;
drop event trigger eventlog_follow_drop;
drop trigger eventlog_append_only on eventlog.admin_log;
:found;
:remedies \gexec
:found;
select evtname, evtevent, evttags, evtenabled from pg_event_trigger order by 1;
delete from eventlog.admin_log where false;
drop owned by regress_ds_owner, regress_ds_writer, regress_ds_auth, "regress ds ""Q""", regress_ds_root cascade;
drop role regress_ds_owner, regress_ds_writer, regress_ds_auth, "regress ds ""Q""", regress_ds_root;
