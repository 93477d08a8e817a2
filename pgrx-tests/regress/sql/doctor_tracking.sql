-- Tracked tables: each finding, its remedy, and what is left after it.
create role regress_dt_owner;
grant create on schema public to regress_dt_owner;
\set found 'select severity, object, finding, remedy from eventlog.doctor()'
\set remedies 'select remedy from eventlog.doctor()'
set role regress_dt_owner;
select eventlog.create_log('public.events', require_tenant => false);
select eventlog.create_log('public.others', require_tenant => false, unregistered => 'allow');
create table public."My Orders" (id int primary key, company uuid, state text, "a b" text, other int, gone date);
select eventlog.track_changes('public."My Orders"', 'order', '{"a b",state}', '{other}', 'company', 'state', 'gone', false);
create table public.plain (id int primary key);
select eventlog.track_changes('public.plain', log => 'public.others');
:found;
select tracking_id, fields, ignore, tenant_column, state_column, deleted_column, carry_values from eventlog.tracked_tables order by 2;

-- triggers
alter table public."My Orders" disable trigger eventlog_track_update;
drop trigger eventlog_track_delete on public.plain;
:found;
:remedies \gexec
:found;
select tracking_id, fields, ignore, tenant_column, state_column, deleted_column, carry_values from eventlog.tracked_tables order by 2;
insert into public."My Orders" values (1);

-- a trigger that is another one; contracts say nothing to what is captured
create or replace trigger eventlog_track_update after update on public."My Orders" referencing new table as new_rows
    for each statement execute function eventlog.capture_changes('x');
select eventlog.register_event_type('order.updated', required => '{changes,why}', log => 'public.events');
:found;
:remedies \gexec
:found;
insert into public."My Orders" values (2);

-- a log that is gone, a table that is gone
drop table public.others;
select severity, object, finding from eventlog.doctor() where object !~ '^log ';
:remedies \gexec
:found;
reset role;
alter event trigger eventlog_follow_drop disable;
drop table public."My Orders";
alter event trigger eventlog_follow_drop enable always;
select severity, regexp_replace(object, ' .*', ' ID'), finding from eventlog.doctor();
:remedies \gexec
:found;
drop owned by regress_dt_owner cascade;
drop role regress_dt_owner;
