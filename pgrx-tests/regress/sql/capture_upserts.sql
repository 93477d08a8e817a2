-- INSERT ... ON CONFLICT and MERGE: each row by what became of it.
\pset null '<null>'
set client_min_messages = warning;
select from eventlog.create_log('public.events', require_tenant => false);
create view public.seen as select type, entity_id, payload from public.events order by seq;
create table public.stock (id int primary key, amount int, note text);
select from eventlog.track_changes('public.stock');
insert into public.stock values (1, 10), (2, 20);
-- Mixed rows: those that came stand before those that were there, whatever their order was.
insert into public.stock values (1, 11), (3, 30), (2, 21), (4, 40)
on conflict (id) do update set amount = excluded.amount;
-- An update that changes nothing, and one that its condition keeps back.
insert into public.stock values (1, 11), (2, 99) on conflict (id) do update set amount = excluded.amount where stock.id = 1;
insert into public.stock values (1, 77), (5, 50) on conflict do nothing;
select * from public.seen offset 2;
select setval(pg_get_serial_sequence('public.events', 'seq'), 1000) is not null as from_here;
merge into public.stock s using (values (1, 0), (2, 22), (3, 0), (6, 60), (7, null)) v (id, amount) on v.id = s.id
when matched and v.amount = 0 and s.id = 1 then delete
when matched and s.id = 3 then do nothing
when matched then update set amount = v.amount
when not matched and v.amount is null then do nothing
when not matched then insert values (v.id, v.amount);
select * from public.seen offset 7;
-- Nothing to do.
merge into public.stock s using (values (1)) v (id) on false when matched then delete;
select count(*) from public.events;
