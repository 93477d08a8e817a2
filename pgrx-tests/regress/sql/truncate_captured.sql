-- TRUNCATE of a tracked table is refused, or captured row by row where the tracking asks for it.
set client_min_messages = warning;
select from eventlog.create_log('public.events', require_tenant => false);
create view public.seen as select type, entity_id, payload from public.events order by seq;
create table public.mark as select 0::bigint as seq;
create view public.since as select type, entity_id, payload from public.events where seq > (table public.mark) order by seq;
create table public.items (id int generated always as identity primary key, v text, big text);
select from eventlog.track_changes('public.items', ignore => '{big}');
insert into public.items (v, big) select 'v' || n, repeat(md5(n::text), 200) from generate_series(1, 3) n;
truncate public.items;
select eventlog.track_changes('public.items', on_truncate => 'capture!');
select eventlog.track_changes('public.items', on_truncate => null);

select from eventlog.track_changes('public.items', ignore => '{big}', on_truncate => 'capture');
select relation, on_truncate, state from eventlog.tracked_tables;
select tgname, tgtype from pg_trigger where tgrelid = 'public.items'::regclass order by tgname collate "C";
select detail ->> 'on_truncate' as on_truncate, detail -> 'triggers' as triggers from eventlog.admin_log where detail ? 'on_truncate' order by id;
update public.mark set seq = (select max(seq) from public.events);
truncate public.items restart identity;
select * from public.since;
select * from public.items;
-- An empty table has nothing to tell; identities that start anew are no event.
truncate public.items;
insert into public.items (v) values ('anew');
select * from public.since offset 3;
-- With a transaction that is undone its events go.
begin;
truncate public.items;
rollback;
begin;
savepoint s;
truncate public.items;
rollback to s;
update public.items set v = 'still there';
commit;
select * from public.since offset 4;
-- The transaction's own rows, and those that its snapshot does not see, go as well.
begin isolation level repeatable read;
select count(*) from public.items;
insert into public.items (v) values ('own');
delete from public.items where v = 'still there';
update public.mark set seq = (select max(seq) from public.events);
truncate public.items;
truncate public.items;
select * from public.since;
rollback;

-- Without row-level security, and as whoever may truncate.
create role regress_truncater;
alter table public.items enable row level security, force row level security;
grant truncate on public.items to regress_truncater;
update public.mark set seq = (select max(seq) from public.events);
set role regress_truncater;
truncate public.items;
reset role;
select * from public.since;
alter table public.items disable row level security;
drop owned by regress_truncater;
drop role regress_truncater;

-- Triggers before it write what it then captures; what one after it writes before the rows are gone is refused.
create function public.write() returns trigger language plpgsql as $$
begin
    execute tg_argv[0];
    return null;
end $$;
create trigger early before truncate on public.items execute function public.write('insert into public.items (v) values (''early'')');
create trigger "~~late" before truncate on public.items execute function public.write('select 1');
create trigger after after truncate on public.items execute function public.write('insert into public.items (v) values (''after'')');
update public.mark set seq = (select max(seq) from public.events);
truncate public.items;
truncate public.items;
select * from public.since;
drop trigger "~~late" on public.items;
create trigger "~~late" before truncate on public.items execute function public.write('insert into public.items (v) values (''late'')');
truncate public.items;
drop trigger "~~late" on public.items;
create trigger "~~late" before truncate on public.items execute function public.write('update public.items set v = v');
truncate public.items;
drop trigger "~~late" on public.items;
create trigger "~~late" before truncate on public.items execute function public.write('delete from public.items');
do $$ begin truncate public.items; exception when object_not_in_prerequisite_state then raise warning '%', sqlerrm; end $$;
-- Nothing of the kind is left behind.
insert into public.items (v) values ('afterwards');
drop trigger "~~late" on public.items;
truncate public.items;
select id, v from public.items;
drop trigger after on public.items;
drop trigger early on public.items;

-- Under replica nothing is captured, nor refused.
update public.mark set seq = (select max(seq) from public.events);
set session_replication_role = replica;
truncate public.items;
reset session_replication_role;
select * from public.since;

-- Without its trigger a tracking that captures refuses.
insert into public.items (v) values ('x');
alter table public.items disable trigger "~eventlog_track_truncate";
truncate public.items;
select state from eventlog.tracked_tables where relation = 'public.items'::regclass;
select from eventlog.track_changes('public.items', ignore => '{big}', on_truncate => 'capture');
select state from eventlog.tracked_tables where relation = 'public.items'::regclass;
truncate public.items;
-- Called again without the option, it refuses.
select from eventlog.track_changes('public.items', ignore => '{big}');
truncate public.items;
select tgname from pg_trigger where tgrelid = 'public.items'::regclass order by tgname collate "C";
select from eventlog.untrack_changes('public.items');
truncate public.items;

-- Partition by partition, each with its own columns, those to come included.
create table public.parts (id int, k text, v text, primary key (id, k)) partition by list (k);
create table public.parts_a partition of public.parts for values in ('a');
create table public.parts_b (gone int, v text, k text not null, id int not null);
alter table public.parts_b drop column gone;
alter table public.parts attach partition public.parts_b for values in ('b');
select from eventlog.track_changes('public.parts', on_truncate => 'capture');
create table public.parts_rest partition of public.parts for values in ('c', 'd') partition by list (k);
create table public.parts_c partition of public.parts_rest for values in ('c');
insert into public.parts values (1, 'a', 'one'), (2, 'b', 'two'), (3, 'c', 'three');
update public.mark set seq = (select max(seq) from public.events);
truncate public.parts_b;
select * from public.since;
truncate public.parts;
select * from public.since offset 1;
select on_truncate, state from eventlog.tracked_tables where relation = 'public.parts'::regclass;
-- A statement on the whole table may put rows into the partition that is being emptied.
insert into public.parts values (4, 'a', 'four');
create trigger "~~late" before truncate on public.parts_a execute function public.write('insert into public.parts values (5, ''b'', ''five'')');
truncate public.parts_a;
drop trigger "~~late" on public.parts_a;

-- With what refers to it.
create table public.a (id int primary key);
create table public.b (id int primary key, a int references public.a);
create table public.c (id int primary key, b int references public.b);
select from eventlog.track_changes('public.a', on_truncate => 'capture');
select from eventlog.track_changes('public.b', on_truncate => 'capture');
select from eventlog.track_changes('public.c');
insert into public.a values (1), (2);
insert into public.b values (1, 1);
insert into public.c values (1, 1);
truncate public.a cascade;
select from eventlog.track_changes('public.c', on_truncate => 'capture');
update public.mark set seq = (select max(seq) from public.events);
truncate public.a, public.b cascade;
select * from public.since;

-- The file of a table that the same transaction made is emptied in place.
begin;
create table public.fresh (id int primary key);
select from eventlog.track_changes('public.fresh', on_truncate => 'capture');
insert into public.fresh values (1);
update public.mark set seq = (select max(seq) from public.events);
create trigger after after truncate on public.fresh execute function public.write('insert into public.fresh values (2)');
truncate public.fresh;
select * from public.since;
table public.fresh;
commit;

-- As many rows as there are; with a reason and what else is said.
create table public.many (id int primary key, v text);
select from eventlog.track_changes('public.many', carry_values => false, on_truncate => 'capture');
insert into public.many select n, repeat('x', 1000) from generate_series(1, 3000) n;
update public.mark set seq = (select max(seq) from public.events);
begin;
select from eventlog.set_context(actor_type => 'job', actor_id => 'reset', reason => 'reset', context => '{"suite": 7}');
truncate public.many;
commit;
select type, actor_id, payload, context, count(*), count(distinct entity_id) from public.events where seq > (table public.mark) group by 1, 2, 3, 4;
