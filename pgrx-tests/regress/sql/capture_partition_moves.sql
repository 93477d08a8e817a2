-- Rows that an update moves to another partition: their key changes with it, so that one entity goes and another one comes.
\pset null '<null>'
set client_min_messages = warning;
select from eventlog.create_log('public.events', require_tenant => false);
create view public.seen as select type, entity_id, payload from public.events order by seq;
create table public.jobs (id int, status text, n int, primary key (id, status)) partition by list (status);
create table public.jobs_open partition of public.jobs for values in ('open');
create table public.jobs_done (n int, extra int, status text not null, id int not null, primary key (id, status));
alter table public.jobs_done drop column extra;
alter table public.jobs attach partition public.jobs_done for values in ('done');
select from eventlog.track_changes('public.jobs');
insert into public.jobs select n, 'open', n from generate_series(1, 3) n;
-- The partition's column is part of the key, so that another entity comes.
update public.jobs set status = 'done' where id = 2;
select * from public.seen offset 3;

create table public.parts (id int primary key, v text) partition by range (id);
create table public.parts_low partition of public.parts for values from (0) to (100);
create table public.parts_high partition of public.parts for values from (100) to (200);
create table public.parts_top partition of public.parts for values from (200) to (300);
select from eventlog.track_changes('public.parts');
insert into public.parts select n, 'v' || n from generate_series(1, 5) n;
create table public.mark as select max(seq) as seq from public.events;
update public.parts set id = id + 100, v = v || '!' where id < 3;
update public.parts set v = v || '?';
update public.parts set id = id - 100 where id > 100;
select type, entity_id, payload from public.events where seq > (table public.mark) order by seq;

-- A row that a trigger keeps from arriving is in the old rows and not in the new ones: the others pair all the same.
create function public.refuse() returns trigger language plpgsql as 'begin return null; end';
create trigger refuse before insert on public.parts_high for each row execute function public.refuse();
update public.mark set seq = (select max(seq) from public.events);
update public.parts set id = case id when 2 then 102 else id end, v = id || ' new';
select type, entity_id, payload from public.events where seq > (table public.mark) order by seq;
table public.parts order by id;
-- The same among rows that are moved, and such that move into its place.
update public.mark set seq = (select max(seq) from public.events);
update public.parts set id = case id when 1 then 201 when 3 then 103 when 4 then 3 else id end, v = id || ' newer';
select type, entity_id, payload from public.events where seq > (table public.mark) order by seq;
table public.parts order by id;
-- All of them.
update public.mark set seq = (select max(seq) from public.events);
update public.parts set id = 100 + id % 100;
select type, entity_id, payload from public.events where seq > (table public.mark) order by seq;
table public.parts order by id;
drop trigger refuse on public.parts_high;

-- A trigger that updates a row again while it moves.
create function public.again() returns trigger language plpgsql as $$
begin
    update public.parts set v = v || '+' where id = new.id and v not like '%+';
    return null;
end $$;
create trigger again after insert or update on public.parts for each row execute function public.again();
insert into public.parts values (1, 'one'), (2, 'two');
update public.mark set seq = (select max(seq) from public.events);
update public.parts set v = 'uno' where id = 1;
update public.parts set id = 150, v = 'dos' where id = 2;
update public.parts_low set v = 'eins' where id = 1;
select type, entity_id, payload from public.events where seq > (table public.mark) order by seq;

-- A foreign key that cascades through partitions.
create table public.lines (id int, part int references public.parts on update cascade on delete cascade, primary key (id))
    partition by hash (id);
create table public.lines_0 partition of public.lines for values with (modulus 2, remainder 0);
create table public.lines_1 partition of public.lines for values with (modulus 2, remainder 1);
select from eventlog.track_changes('public.lines');
insert into public.lines values (1, 1), (2, 1), (3, 150);
update public.mark set seq = (select max(seq) from public.events);
update public.parts set id = 2 where id = 1;
delete from public.parts_high;
select type, entity_id, payload from public.events where seq > (table public.mark) and type like 'lines%' order by seq;
