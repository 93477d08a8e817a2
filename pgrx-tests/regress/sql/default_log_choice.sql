-- Calls that name no log go to the default log; who decides which one that is.
create role regress_default_guest;
create role regress_default_owner;
create schema guest authorization regress_default_guest;
create schema app authorization regress_default_owner;
create schema other authorization regress_default_owner;
-- The first log does not become it where its maker may not shape the database: there is a notice.
set role regress_default_guest;
select eventlog.create_log('guest.events', require_tenant => false, unregistered => 'allow');
select is_default from eventlog.log;
select eventlog.set_default_log('guest.events');
select eventlog.log_event('x');
select eventlog.repair_log('guest.events');
-- Not by a note that the guest wrote either.
select format('comment on sequence guest.events_seq_seq is %L',
    replace(obj_description('guest.events_seq_seq'::regclass, 'pg_class'), '"is_default":false', '"is_default":true')) \gexec
drop trigger eventlog_gate on guest.events;
select eventlog.repair_log('guest.events');
select is_default from eventlog.log;
reset role;
-- What everyone may do in schema public says nothing.
grant create on schema public to public;
set role regress_default_guest;
select eventlog.create_log('public.guests', require_tenant => false);
reset role;
revoke create on schema public from public;

-- The first log of one who may.
do $$ begin execute format('grant create on database %I to regress_default_owner', current_database()); end $$;
set role regress_default_owner;
select eventlog.create_log('app.events', require_tenant => false, unregistered => 'allow');
select eventlog.create_log('other.events', require_tenant => false, unregistered => 'allow');
select relation from eventlog.log where is_default;
-- Nobody else changes it, not even one who may shape the database as well.
reset role;
do $$ begin execute format('grant create on database %I to regress_default_guest', current_database()); end $$;
set role regress_default_guest;
select eventlog.set_default_log('guest.events');
select relation from eventlog.log where is_default;
-- Its owner does, to another log of the owner's.
set role regress_default_owner;
select eventlog.set_default_log('other.events');
select relation from eventlog.log where is_default;
-- And the database's owner.
reset role;
select eventlog.set_default_log('guest.events');
select relation from eventlog.log where is_default;
select action, object, role = current_user as by_the_database_owner from eventlog.admin_log where action = 'set_default_log' order by at;
drop owned by regress_default_guest, regress_default_owner cascade;
drop role regress_default_guest, regress_default_owner;
