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
alter event trigger eventlog_follow_drop disable;
drop table public.five;
alter event trigger eventlog_follow_drop enable always;
select entity_type, state from eventlog.tracked_tables where not state = 'ended';
create table public.five (id int primary key);
select eventlog.track_changes('five');
table public.options;
drop role regress_tracking_dropper;

-- Without its log a table cannot be written until its tracking ends, or goes elsewhere.
select eventlog.create_log('public.second', require_tenant => false);
create table public.six (id int primary key);
select eventlog.track_changes('six', log => 'second');
drop table public.second;
select log is not null as named, entity_type, state from eventlog.tracked_tables where relation = 'six'::regclass;
\set VERBOSITY sqlstate
insert into public.six values (1);
\set VERBOSITY default
select eventlog.track_changes('six');
insert into public.six values (1);
select eventlog.untrack_changes('six');
select log_id from eventlog.log where not exists (select from pg_class where oid = relation) \gset
select eventlog.forget_log(:'log_id');
select log, entity_type, state from eventlog.tracked_tables where entity_type = 'six' order by tracked_since;

-- Under another name of the schema nothing is tracked, and nothing is in the way.
create table public.seven (id int primary key, a int, b int);
alter schema eventlog rename to away;
alter table public.seven rename a to c;
alter table public.seven drop column b;
drop table public.seven;
alter schema away rename to eventlog;

-- drop extension takes the triggers and leaves tables and events.
drop extension pg_eventlog cascade;
insert into public.five values (3);
select count(*) from public.events;
create extension pg_eventlog;
select eventlog.repair_log('events');
select eventlog.track_changes('five');
insert into public.five values (4);
select count(*) from public.events;
