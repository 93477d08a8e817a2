-- A change of type keeps the past where its events read in the new type as the change made them, whatever way it is written.
select eventlog.create_log('public.events', tenant_type => 'text', require_tenant => false);
create type public.mood as enum ('ok', 'bad');
create type public.mood_new as enum ('ok', 'bad', 'new');
create table public.t (
    id int primary key, i int, j int, k int, s text, m public.mood, n text, u text, v varchar(9), a int[], d date,
    f real, c char(5), z timestamptz, o jsonb, x int, y numeric, b boolean, e text
);
select eventlog.track_changes('public.t');
insert into public.t values (1, 1, 1, 1, '7', 'ok', 'bad', '33333333-3333-4333-8333-333333333333', 'v', '{1}', '2020-01-02',
    0.1, 'ab', '2020-01-02 03:04+00', '"x"', 1, 1.5, true, '2020-02-03');
insert into public.t select 2, i, j, k, s, m, n, u, v, a, d, f, c, z, o, x, y, b, e from public.t;
select clock_timestamp() as before, pg_sleep(0.002) \gset
update public.t set i = 9, j = 9, k = 9, s = '9', m = 'bad', n = 'ok', u = null, v = 'w', a = null, d = null, f = 9, c = 'c', z = null,
    o = '1', x = 9, y = 9, b = false, e = '2021-01-01' where id = 1;
create view public.rewritten as select column_name from eventlog.column_change where action = 'rewritten' order by id;

-- As ORMs write it.
set timezone = 'Asia/Tokyo';
alter table public.t alter column i type bigint using i::bigint;
alter table public.t alter column j type bigint using cast(t.j as bigint);
alter table public.t alter column k type text using (k);
alter table public.t alter column s type integer using ("s"::integer);
alter table public.t alter column m type public.mood_new using m::text::public.mood_new;
alter table public.t alter column n type public.mood using (n::"text")::public.mood;
alter table public.t alter column u type uuid using public.t.u::uuid;
alter table public.t alter column v type varchar(20) collate "C", alter column a type bigint[], alter column d type timestamp;
alter table public.t alter column id type bigint using id::bigint;
table public.rewritten;
select id, i, j, k, s, m, n, u, v, a, d from eventlog.table_as_of(null::public.t, :'before') order by id;

-- Where the event would say something else, or an expression made the value, it is unknown in every row.
alter table public.t alter column f type double precision;
alter table public.t alter column c type text;
alter table public.t alter column z type timestamp;
alter table public.t alter column o type text;
alter table public.t alter column x type int using x + 1;
alter table public.t alter column y type text using y::int::text;
alter table public.t alter column b type int using b::int;
alter table public.t alter column e type date using e::date;
alter table public.t alter column i type bigint using j;
alter table public.t alter column v type text using v::varchar(1)::text;
table public.rewritten;
select id, f, c, z, o, x, y, b, e, i, v from eventlog.table_as_of(null::public.t, :'before') order by id;

-- The types of one transaction follow one another.
begin;
alter table public.t alter column k type varchar;
alter table public.t alter column k type json using to_json(k);
alter table public.t alter column k type jsonb;
table public.rewritten offset 10;
rollback;

-- A key that became another one.
alter table public.t alter column id type text using 'k' || id;
select id from eventlog.table_as_of(null::public.t, :'before');
-- Also where the key is not tracked.
create table public.u (id int primary key, v int);
select eventlog.track_changes('public.u', fields => '{v}');
insert into public.u values (1, 1);
select clock_timestamp() as before, pg_sleep(0.002) \gset
update public.u set v = 2;
alter table public.u alter column id type bigint using id::bigint;
select * from eventlog.table_as_of(null::public.u, :'before');
alter table public.u alter column id type bigint using id + 1;
select * from eventlog.table_as_of(null::public.u, :'before');
-- A key of two columns whose type writes it in another way: its events before and after the change are one row's.
create table public.w (a text, b int, v int, primary key (a, b));
select eventlog.track_changes('public.w');
select clock_timestamp() as empty, pg_sleep(0.002) \gset
insert into public.w values ('x', 1, 1);
select clock_timestamp() as before, pg_sleep(0.002) \gset
update public.w set v = 2;
alter table public.w alter column b type text using b::text;
update public.w set v = 3;
select * from eventlog.table_as_of(null::public.w, :'empty');
select * from eventlog.table_as_of(null::public.w, :'before');
select * from eventlog.table_as_of(null::public.w, :'before', entity_ids => '{"[\"x\", \"1\"]"}');
select type, entity_id from public.events where entity_type = 'w' order by seq;
select type, state from eventlog.entity_history('w', '["x", "1"]');
-- A numeric's scale would be a part of the text.
create table public.n (id numeric(9, 2) primary key, v int);
select eventlog.track_changes('public.n');
insert into public.n values (1, 1);
select clock_timestamp() as before, pg_sleep(0.002) \gset
alter table public.n alter column id type text using id::text;
select * from eventlog.table_as_of(null::public.n, :'before');
