-- Other ways to change a tracked table: COPY, WITH, cursors, prepared statements, functions, views.
\pset null '<null>'
set client_min_messages = warning;
select from eventlog.create_log('public.events', require_tenant => false);
create view public.seen as select type, entity_id, payload from public.events order by seq;
create table public.items (id int primary key, v text);
select from eventlog.track_changes('public.items');
copy public.items from stdin;
1	one
2	two
\.
copy public.items (v, id) from stdin (format csv) where id < 4;
four,4
three,3
\.
-- Several changes in one query: two updates of the table, a delete and an insert.
with first as (update public.items set v = 'uno' where id = 1 returning id),
    second as (update public.items set v = 'dos' where id = 2 returning id),
    gone as (delete from public.items where id = 3 returning id)
insert into public.items select 10 + id, 'new' from first union all select 20 + id, 'new' from second;
table public.seen;
-- A row that is replaced in one query: it went before it came.
with gone as (delete from public.items where id = 1 returning id) insert into public.items select id, 'again' from gone;
-- And one that came from another one.
with gone as (delete from public.items where id in (11, 22) returning *)
insert into public.items select id, v from gone where id = 22 union all select id + 100, v from gone;
select * from public.seen offset 8;
select * from public.items order by id;

prepare changing(int, text) as update public.items set v = $2 where id = $1;
execute changing(2, 'a');
alter table public.items add column w int default 7;
execute changing(2, 'b');
alter table public.items drop column v;
alter table public.items add column v text;
execute changing(2, 'c');
begin;
declare c cursor for select * from public.items where id = 2 for update;
fetch c;
update public.items set w = 8 where current of c;
commit;
do $$ begin
    for n in 1..3 loop
        update public.items set w = n where id = 2;
    end loop;
end $$;
create function public.touch(int) returns int language sql as 'update public.items set w = $1 where id = 2 returning w';
select public.touch(100) + public.touch(200);
create view public.some_items as select id, w as weight from public.items where id < 3 with check option;
update public.some_items set weight = 4 where id = 2;
insert into public.some_items values (0, 1);
delete from public.some_items where id = 0;
do $$ begin
    execute 'explain analyze update public.items set w = 5 where id = 2';
end $$;
select * from public.seen offset 12;
select count(*) from public.events;
