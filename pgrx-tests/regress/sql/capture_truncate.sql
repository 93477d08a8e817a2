-- TRUNCATE removes rows without showing them, and is refused.
\pset null '<null>'
set client_min_messages = warning;
select from eventlog.create_log('public.events', require_tenant => false);
create view public.seen as select type, entity_id, payload from public.events order by seq;
create table public.items (id int primary key);
create table public.lines (item int references public.items);
create table public.parts (id int primary key) partition by range (id);
create table public.parts_1 partition of public.parts for values from (1) to (10);
create table public.parts_2 (id int primary key);
select from eventlog.track_changes('public.lines');
alter table public.lines add primary key (item);
select from eventlog.track_changes('public.lines');
select from eventlog.track_changes('public.parts');
alter table public.parts attach partition public.parts_2 for values from (10) to (20);
insert into public.items values (1);
insert into public.lines values (1);
insert into public.parts values (1), (10);
\set VERBOSITY sqlstate
truncate public.lines;
\set VERBOSITY default
truncate public.items cascade;
truncate public.parts;
truncate public.parts_1;
truncate public.parts_2;
truncate only public.lines restart identity;
select (select count(*) from public.lines), (select count(*) from public.parts);
select from eventlog.untrack_changes('public.lines');
truncate public.items cascade;
select count(*) from public.lines;
