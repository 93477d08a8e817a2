-- What foreign keys do to tracked tables: deletes, updates and nulls, in a table of its own and in the same one.
\pset null '<null>'
set client_min_messages = warning;
select from eventlog.create_log('public.events', require_tenant => false);
create view public.seen as select type, entity_id, payload from public.events order by seq;
create table public.a (id int primary key, v int);
create table public.b (id int primary key, v int);
create table public.child (id int primary key, a_id int references public.a on delete set null on update cascade,
    b_id int references public.b on delete cascade on update set null);
select from eventlog.track_changes('public.a');
select from eventlog.track_changes('public.child');
insert into public.a values (1), (2), (3);
insert into public.b values (1), (2), (3);
insert into public.child values (1, 1, 1), (2, 2, 2), (3, 2, 3);
create procedure public.anew() language sql as $$
    select setval(pg_get_serial_sequence('public.events', 'seq'), (select max(seq) / 1000 * 1000 + 1000 from public.events))
$$;
create view public.fresh as select type, entity_id, payload from public.events
where seq > (select max(seq) / 1000 * 1000 from public.events) order by seq;
call public.anew();
delete from public.a where id = 2;
update public.a set id = 10 where id = 1;
update public.b set id = 20 where id = 2;
delete from public.b where id = 3;
table public.fresh;

-- One statement reaches the same rows by two ways. What happened last to a row stands last.
call public.anew();
insert into public.a values (2), (3) on conflict do nothing;
insert into public.b values (2), (3);
insert into public.child values (4, 2, 2), (5, 3, 3);
call public.anew();
with x as (delete from public.a where id in (2, 3) returning id), y as (delete from public.b where id in (2, 3) returning id)
select (select count(*) from x), (select count(*) from y);
table public.fresh;
table public.child;

-- The same table.
create table public.tree (id int primary key, parent int references public.tree on delete cascade on update cascade, v int);
select from eventlog.track_changes('public.tree');
insert into public.tree values (1, null), (2, 1), (3, 2), (4, 2), (5, null), (6, 5);
call public.anew();
update public.tree set id = 20 where id = 2;
delete from public.tree where id = 1;
delete from public.tree where id in (5, 6);
table public.fresh;
create table public.chain (id int primary key, next int references public.chain on delete set null, v int);
select from eventlog.track_changes('public.chain');
insert into public.chain values (1, null), (2, 1), (3, 2), (4, 3);
call public.anew();
delete from public.chain where id = 1;
delete from public.chain where id in (2, 3);
table public.fresh;
select * from public.chain;
-- Both at once: first without a parent, then gone, or the other way round: the row is gone, and that stands last.
create table public.net (id int primary key, near int references public.net on delete set null, far int references public.net on delete cascade);
select from eventlog.track_changes('public.net');
insert into public.net values (1, null, null), (2, null, null), (3, 1, 2), (4, 2, 1), (5, 3, 4);
call public.anew();
delete from public.net where id in (1, 2);
table public.fresh;
table public.net;
