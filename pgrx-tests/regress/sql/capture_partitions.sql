-- A partitioned table: changes through itself, through a part that has parts, and through the last ones.
\pset null '<null>'
set client_min_messages = warning;
select from eventlog.create_log('public.events', require_tenant => false);
create view public.seen as select type, entity_id, payload from public.events order by seq;
create table public.sales (region text, id int, amount numeric, gone int, note text, primary key (region, id)) partition by list (region);
alter table public.sales drop column gone;
-- Columns in another order, and with gaps.
create table public.sales_eu (dropped int, note text, id int not null, also_dropped text, amount numeric, region text not null,
    primary key (region, id));
alter table public.sales_eu drop column dropped, drop column also_dropped;
alter table public.sales attach partition public.sales_eu for values in ('de', 'fr');
create table public.sales_us partition of public.sales for values in ('us', 'ca') partition by range (id);
create table public.sales_us_1 partition of public.sales_us for values from (0) to (100);
create table public.sales_us_2 (amount numeric, id int not null, x int, region text not null, note text, primary key (region, id));
alter table public.sales_us_2 drop column x;
alter table public.sales_us attach partition public.sales_us_2 for values from (100) to (200);
select from eventlog.track_changes('public.sales', ignore => '{note}');

insert into public.sales values ('de', 1, 10, 'n'), ('us', 1, 20, 'n'), ('us', 101, 30, 'n');
update public.sales set amount = amount + 1;
delete from public.sales where region = 'de';
insert into public.sales_us values ('ca', 2, 1.5);
update public.sales_us set amount = 2 where id in (1, 2);
delete from public.sales_us where id = 2;
insert into public.sales_eu (note, id, amount, region) values ('n', 3, 3, 'fr');
insert into public.sales_us_2 (amount, id, region) values (4, 104, 'us');
update public.sales_eu set amount = 33;
update public.sales_us_2 set amount = amount * 2;
update only public.sales_us_1 set amount = 99;
delete from public.sales_us_2 where id = 104;
copy public.sales (amount, region, id) from stdin (delimiter ' ');
5 ca 105
6 fr 6
\.
insert into public.sales values ('fr', 6, 66), ('fr', 7, 7) on conflict (region, id) do update set amount = excluded.amount;
table public.seen;

-- Those that come later.
create table public.sales_jp partition of public.sales for values in ('jp');
create table public.sales_cn (note text, amount numeric, region text not null, id int not null, primary key (region, id));
insert into public.sales_cn values ('unseen', 1, 'cn', 1);
alter table public.sales attach partition public.sales_cn for values in ('cn');
create table public.sales_rest partition of public.sales default partition by hash (id);
create table public.sales_rest_0 partition of public.sales_rest for values with (modulus 2, remainder 0);
create table public.sales_rest_1 partition of public.sales_rest for values with (modulus 2, remainder 1);
create table public.mark as select max(seq) as seq from public.events;
insert into public.sales values ('jp', 1, 1), ('at', 1, 1), ('at', 2, 2), ('cn', 2, 2);
update public.sales_cn set amount = 100;
insert into public.sales_jp values ('jp', 2, 2);
update public.sales_rest set amount = 5;
delete from public.sales_rest_0;
delete from public.sales_rest_1;
select type, entity_id, payload from public.events where seq > (table public.mark) order by seq;
-- Those that go.
update public.mark set seq = (select max(seq) from public.events);
alter table public.sales detach partition public.sales_cn;
update public.sales_cn set amount = 200;
truncate public.sales_cn;
alter table public.sales detach partition public.sales_us;
update public.sales_us set amount = 0;
delete from public.sales_us_1;
drop table public.sales_jp;
update public.sales set amount = -1;
select type, entity_id, payload from public.events where seq > (table public.mark) order by seq;
