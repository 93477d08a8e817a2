-- Each partition of a tracked table has the capture triggers, however it came to be one, and loses them when it goes.
select eventlog.create_log('public.events', require_tenant => false);
create table public.orders (id int, region text, note text, primary key (id, region)) partition by list (region);
create table public.orders_a partition of public.orders for values in ('a');
create table public.orders_b partition of public.orders for values in ('b') partition by range (id);
create table public.orders_b_1 partition of public.orders_b for values from (1) to (10);
select eventlog.track_changes('orders');
create view public.triggers as
select t.tgrelid::regclass as relation, count(*) as triggers,
    count(distinct (t.tgenabled, encode(t.tgargs, 'escape'))) as kinds
from pg_trigger t where t.tgname like 'eventlog_track%'
group by 1 order by t.tgrelid::regclass::text collate "C";
table public.triggers;

-- made by hand, attached, attached with partitions of its own, made with a schema
create table public.orders_b_2 partition of public.orders_b for values from (10) to (20);
create table public.orders_c (note text, region text not null, id int not null);
alter table public.orders attach partition public.orders_c for values in ('c');
create table public.orders_d (id int not null, region text not null, note text) partition by range (id);
create table public.orders_d_1 partition of public.orders_d default;
alter table public.orders attach partition public.orders_d for values in ('d');
create schema extra create table part partition of public.orders default;
table public.triggers;
select state from eventlog.tracked_tables;

insert into public.orders select n, r, 'x' from generate_series(1, 2) n, unnest('{a,b,c,d,e}'::text[]) r;
update public.orders_c set note = 'y' where id = 1;
delete from public.orders_d_1 where id = 1;
insert into public.orders_b_2 values (12, 'b', 'z');
select type, count(*) from public.events group by 1 order by 1;
truncate public.orders_a;

-- detached in each way
alter table public.orders detach partition public.orders_a;
alter table public.orders detach partition extra.part;
alter table public.orders detach partition public.orders_c concurrently;
alter table public.orders detach partition public.orders_d;
table public.triggers;
truncate public.orders_a, public.orders_d;
select state from eventlog.tracked_tables;
-- and attached again
alter table public.orders attach partition public.orders_a for values in ('a');
select * from public.triggers where relation = 'orders_a'::regclass;

-- What is in a tracked table's tree has no tracking of its own.
create table public.single (id int, region text, note text, primary key (id, region));
select eventlog.track_changes('single');
alter table public.orders attach partition public.single for values in ('s');
create table public.plain (like public.single including all) partition by list (region);
alter table public.plain attach partition public.single for values in ('s');
create table public.heir () inherits (public.single);
create table public.heir (like public.single);
alter table public.heir inherit public.single;
alter table public.single inherit public.heir;
create foreign data wrapper nowhere;
create server nowhere foreign data wrapper nowhere;
create foreign table public.far partition of public.plain for values in ('f') server nowhere;
alter table public.plain add column more int;
select eventlog.untrack_changes('orders_a');
select eventlog.track_changes('orders_a');
select eventlog.untrack_changes('single');
alter table public.orders attach partition public.single for values in ('s');
select * from public.triggers where relation = 'single'::regclass;

-- A partition that was switched off by itself comes back.
alter table public.orders_b_1 disable trigger all;
select state from eventlog.tracked_tables where relation is not null;
select eventlog.track_changes('orders');
select state from eventlog.tracked_tables where relation is not null;
select detail -> 'triggers' as triggers from eventlog.admin_log order by id desc limit 1;

-- A partition that is dropped is no end.
drop table public.orders_b;
select relation, state from eventlog.tracked_tables where relation is not null;
select eventlog.untrack_changes('orders');
table public.triggers;
create table public.orders_z partition of public.orders for values in ('z');
table public.triggers;
