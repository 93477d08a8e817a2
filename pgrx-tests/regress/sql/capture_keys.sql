-- The entity is the primary key, as text: of one column, or a JSON array of several.
\pset null '<null>'
set client_min_messages = warning;
select from eventlog.create_log('public.events', require_tenant => false);
create view public.seen as select type, entity_id, payload from public.events order by seq;
create table public.by_int (id int primary key, v int);
select from eventlog.track_changes('public.by_int');
insert into public.by_int select n, n from generate_series(1, 4) n;
-- Each row takes the place of the next one: what one key stands for changes, the first goes and a new last one comes.
update public.by_int set id = -id;
update public.by_int set id = 1 - id;
select * from public.seen offset 4;
-- One key for another one.
update public.by_int set id = 100, v = 0 where id = 5;
select type, entity_id, payload from public.events order by seq desc limit 2;

create table public.by_pair (b text, v int, a numeric, primary key (a, b));
select from eventlog.track_changes('public.by_pair');
insert into public.by_pair values ('x "y"', 1, 1.10), ('', 2, 'NaN');
update public.by_pair set v = 3;
update public.by_pair set a = 1.1 where b <> '';
update public.by_pair set b = 'z', v = 4 where b <> '';
select * from public.seen where type like 'by_pair%';

create domain public.code as text;
create table public.by_other (id public.code, day date, data bytea, flag bool, primary key (id, day, data, flag), v int);
select from eventlog.track_changes('public.by_other');
set DateStyle = 'SQL, DMY';
set bytea_output = 'escape';
insert into public.by_other values ('c', '2024-02-01', '\x00', true, 1);
update public.by_other set v = 2;
select entity_id from public.seen where type like 'by_other%';
reset DateStyle;

create table public.by_time (id timestamptz primary key, v int);
select from eventlog.track_changes('public.by_time');
set TimeZone = 'Asia/Tokyo';
insert into public.by_time values ('2024-02-01 00:00+00', 1), ('infinity', 2);
update public.by_time set v = v + 1;
create table public.by_float (id float8 primary key, v int);
select from eventlog.track_changes('public.by_float');
insert into public.by_float values (0.1, 1), ('-0', 2), (1e100, 3);
update public.by_float set v = v + 1;
create table public.by_jsonb (id jsonb primary key, v int);
select from eventlog.track_changes('public.by_jsonb');
insert into public.by_jsonb values ('{"a": 1.0}', 1), ('"a"', 2), ('[]', 3);
update public.by_jsonb set v = v + 1;
select type, entity_id from public.seen where type ~ '^by_(time|float|jsonb)';

-- A key that is checked late; keys that change places.
create table public.late (id int primary key deferrable initially deferred, v text);
select from eventlog.track_changes('public.late');
insert into public.late values (1, 'a'), (2, 'b');
update public.late set id = 3 - id;
select * from public.seen where type like 'late%';
-- Columns that the index merely includes are not part of it.
create table public.including (id int, extra int, primary key (id) include (extra));
select from eventlog.track_changes('public.including');
insert into public.including values (1, 2);
select * from public.seen where type like 'including%';
-- Identity columns and values that the database draws.
create table public.drawn (id int generated always as identity primary key, s serial, u uuid default '33333333-3333-4333-8333-333333333333');
select from eventlog.track_changes('public.drawn');
insert into public.drawn default values;
insert into public.drawn overriding system value values (77);
update public.drawn set id = default where id = 77;
select * from public.seen where type like 'drawn%';
