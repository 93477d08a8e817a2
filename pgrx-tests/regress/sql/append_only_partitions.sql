-- Each partition has guards of its own, however it came to be one, and keeps them when it is detached.
create table public.ledger (id int, day date) partition by range (day);
create table public.ledger_1 partition of public.ledger for values from ('2024-01-01') to ('2024-02-01');
insert into public.ledger values (1, '2024-01-15');
select eventlog.make_append_only('public.ledger');

-- made by hand
create table public.ledger_2 partition of public.ledger for values from ('2024-02-01') to ('2024-03-01');
-- attached by hand
create table public.ledger_3 (id int, day date);
insert into public.ledger_3 values (3, '2024-03-15');
alter table public.ledger attach partition public.ledger_3 for values from ('2024-03-01') to ('2024-04-01');
-- in levels, made top down and bottom up
create table public.ledger_4 partition of public.ledger for values from ('2024-04-01') to ('2024-06-01')
    partition by range (day);
create table public.ledger_4_1 partition of public.ledger_4 for values from ('2024-04-01') to ('2024-05-01');
create table public.ledger_4_2 partition of public.ledger_4 default;
create table public.ledger_5 (id int, day date) partition by range (day);
create table public.ledger_5_1 partition of public.ledger_5 default;
alter table public.ledger attach partition public.ledger_5 for values from ('2024-06-01') to ('2024-08-01');
-- with the schema
create schema extra create table part partition of public.ledger default;
insert into public.ledger select n, date '2024-01-15' + n * interval '1 month' from generate_series(1, 8) n;
select tableoid::regclass, count(*) from public.ledger group by 1 order by tableoid::regclass::text collate "C";

select t.relid, g.tgname, g.tgenabled, g.tgparentid <> 0 as cloned
from pg_partition_tree('public.ledger') t join pg_trigger g on g.tgrelid = t.relid
order by t.relid::text collate "C", g.tgname;

update public.ledger_1 set id = 0 where false;
delete from public.ledger_2 where false;
truncate public.ledger_1;
truncate public.ledger_2;
truncate public.ledger_3;
truncate public.ledger_4;
truncate public.ledger_4_1;
truncate public.ledger_5_1;
truncate extra.part;
update public.ledger set day = '2024-02-15' where id = 1;
set session_replication_role = replica;
delete from public.ledger_3;
truncate public.ledger_4_1;
truncate extra.part;
reset session_replication_role;

-- detached: still guarded against everything
alter table public.ledger detach partition public.ledger_3;
update public.ledger_3 set id = 0;
update public.ledger_3 set id = 0 where false;
delete from public.ledger_3;
truncate public.ledger_3;
insert into public.ledger_3 values (4, '2024-03-16');
set session_replication_role = replica;
delete from public.ledger_3;
truncate public.ledger_3;
reset session_replication_role;
alter table public.ledger detach partition public.ledger_4;
delete from public.ledger_4;
delete from public.ledger_4_1;
truncate public.ledger_4_1;
-- and attached again
alter table public.ledger attach partition public.ledger_3 for values from ('2024-03-01') to ('2024-04-01');
delete from public.ledger_3;
select count(*) from pg_trigger where tgrelid = 'public.ledger_3'::regclass;

-- A partition is released with its parent, or once it was detached.
select eventlog.release_append_only('public.ledger_1');
alter table public.ledger detach partition public.ledger_1;
select eventlog.release_append_only('public.ledger_1');
truncate public.ledger_1;
select eventlog.release_append_only('public.ledger');
truncate public.ledger;
select t.relid, count(g.oid)
from pg_partition_tree('public.ledger') t left join pg_trigger g on g.tgrelid = t.relid
group by 1 having count(g.oid) > 0;
create table public.ledger_9 partition of public.ledger for values from ('2025-04-01') to ('2025-06-01');
select count(*) from pg_trigger where tgrelid = 'public.ledger_9'::regclass;
