-- A value of the past that the present type does not take is unknown: null, and counted in one warning.
select eventlog.create_log('public.events', tenant_type => 'text', require_tenant => false);
create function public.now_is(name text) returns void language plpgsql as $$
begin
    perform set_config('is.' || name, clock_timestamp()::text, false);
    perform pg_sleep(0.002);
end $$;
create type public.mood as enum ('ok', 'bad', 'so');
create type public.spot as (street text, mood public.mood);
create domain public.size as int;
create table public.t (id int primary key, m public.mood, l public.mood[], s public.spot, n numeric(9, 2), c varchar(9), z public.size);
create view public.was as select * from eventlog.table_as_of(null::public.t, current_setting('is.start')::timestamptz) order by id;
select eventlog.track_changes('public.t');
insert into public.t values
    (1, 'ok', '{ok,so}', ('x', 'ok'), 12345.67, 'long text', -1),
    (2, 'bad', '{bad}', ('y', 'bad'), 1.50, 'short', 1),
    (3, 'ok', '{}', null, null, null, null);
select public.now_is('start');
update public.t set m = 'so', l = null, s = null, n = 1, c = 'x', z = 2 where id = 1;
delete from public.t where id = 2;
table public.was;

-- A label that has another name now. The row that nobody changed has today's.
alter type public.mood rename value 'ok' to 'fine';
table public.was;
-- Back under its old name, also within one transaction.
begin;
alter type public.mood rename value 'fine' to 'ok';
table public.was;
-- Names that change places: none of the two says what it said.
alter type public.mood rename value 'bad' to 'x';
alter type public.mood rename value 'ok' to 'bad';
alter type public.mood rename value 'x' to 'ok';
select id, m, l, s from public.was;
rollback;

-- Narrowed, and checked since.
drop view public.was;
alter table public.t alter column n type numeric(3, 1), alter column c type varchar(5);
alter domain public.size add constraint positive check (value > 0);
select id, n, c, z from eventlog.table_as_of(null::public.t, current_setting('is.start')::timestamptz) order by id;
alter domain public.size drop constraint positive;
-- What was null is known to have been that, whatever the type says today.
update public.t set z = 3 where id = 3;
alter domain public.size set not null;
select id, n, c, z from eventlog.table_as_of(null::public.t, current_setting('is.start')::timestamptz) order by id;

-- The history has them as they were.
select type, state -> 'm' as m, state -> 'n' as n, state -> 'c' as c from eventlog.entity_history('t', 1);

-- A row type: what an attribute held under another name is unknown, in every row that an event tells of.
create type public.point3 as (x int, y int, gone int);
create table public.p (id int primary key, at public.point3, path public.point3[], v int);
create view public.where_it_was as
select * from eventlog.table_as_of(null::public.p, current_setting('is.there')::timestamptz) order by id;
select eventlog.track_changes('public.p');
insert into public.p values (1, (1, 2, 3), array[(1, 2, 3)]::public.point3[], 1), (2, (4, 5, 6), null, 1), (3, (7, 8, 9), null, 1);
select public.now_is('there');
update public.p set at = (0, 0, 0), path = null where id = 1;
delete from public.p where id = 2;
-- Without an attribute that was dropped, the rest is what it was.
alter type public.point3 drop attribute gone;
table public.where_it_was;
-- One of the same name is another one.
begin;
alter type public.point3 add attribute gone int;
table public.where_it_was;
rollback;
begin;
alter type public.point3 rename attribute x to z;
alter type public.point3 rename attribute y to x;
alter type public.point3 rename attribute z to y;
table public.where_it_was;
rollback;

-- The row type of another table is a type like any other.
create table public.other (a int, b int);
create table public.q (id int primary key, o public.other);
select eventlog.track_changes('public.q');
insert into public.q values (1, (1, 2));
select public.now_is('other');
update public.q set o = null;
alter table public.other rename column a to c;
select * from eventlog.table_as_of(null::public.q, current_setting('is.other')::timestamptz);
select action, column_name, word, new_name from eventlog.column_change where action = 'reworded' order by id;

-- In a key, no event can be told whose it is.
create table public.k (m public.mood primary key, v int);
select eventlog.track_changes('public.k');
insert into public.k values ('fine', 1);
select public.now_is('keys');
alter type public.mood rename value 'fine' to 'good';
select * from eventlog.table_as_of(null::public.k, current_setting('is.keys')::timestamptz);
