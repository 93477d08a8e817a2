-- The tracking of a table ends with the table, whatever dropped it.
select eventlog.create_log('public.events', require_tenant => false);
create view public.options as
select relation, entity_type, state, tracked_until is not null as ended from eventlog.tracked_tables;
create schema app;
create table public.one (id int primary key);
create table app.two (id int primary key);
create role regress_tracking_dropper;
create table app.three (id int primary key);
alter table app.three owner to regress_tracking_dropper;
create table public.four (id int primary key);
create table public.five (id int primary key);
select eventlog.track_changes(t) from unnest('{one,app.two,app.three,four,five}'::regclass[]) t;
table public.options;
drop table public.one, public.four;
drop schema app cascade;
table public.options;
create schema app;
create table app.three (id int primary key);
select eventlog.track_changes('app.three');
alter table app.three owner to regress_tracking_dropper;
drop owned by regress_tracking_dropper;
table public.options;
begin;
drop table public.five;
table public.options;
rollback;
table public.options;
select action, object, detail - 'tracking_id' as detail from eventlog.admin_log where action = 'forget_tables' order by id;

-- The events that there are stay, and a new table of the name begins anew.
insert into public.five values (1);
drop table public.five;
create table public.five (id int primary key, more int);
select eventlog.track_changes('five');
insert into public.five values (1, 2);
select type, entity_id, payload from public.events order by seq;

-- A table that went unseen does not get in the way.
alter event trigger eventlog_forget_tables disable;
drop table public.five;
alter event trigger eventlog_forget_tables enable always;
select entity_type, state from eventlog.tracked_tables where not state = 'ended';
create table public.five (id int primary key);
select eventlog.track_changes('five');
table public.options;
drop role regress_tracking_dropper;

-- drop extension takes the triggers and leaves tables and events.
drop extension pg_eventlog cascade;
insert into public.five values (3);
select count(*) from public.events;
create extension pg_eventlog;
select eventlog.repair_log('events');
select eventlog.track_changes('five');
insert into public.five values (4);
select count(*) from public.events;
