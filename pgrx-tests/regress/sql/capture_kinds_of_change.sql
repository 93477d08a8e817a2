-- What each statement writes: created, updated, deleted with the values of all columns or of those that changed; nothing for
-- an update that changes nothing.
\pset null '<null>'
set client_min_messages = warning;
select from eventlog.create_log('public.events', require_tenant => false);
create view public.seen as select type, entity_id, payload from public.events order by seq;
create table public.items (id int primary key, name text, price numeric, note text, doc jsonb, text_doc json, at timestamptz);
select from eventlog.track_changes('public.items', ignore => '{note}');
insert into public.items values (1, 'one', 1.0, 'n', '{"a": 1.0}', '{"a": 1.0}', '2024-01-01 00:00+00'), (2, 'two', 2, null, null, null, null);
update public.items set name = 'uno', price = 1.5 where id = 1;
delete from public.items where id = 1;
table public.seen;
-- Nothing changes: the same values, equal numbers written in another way, a key in another place, an ignored column, no row.
insert into public.items values (3, 'three', 3.0, 'n', '{"a": 1.0, "b": 2}', '{"a": 1.0, "b": 2}', '2024-01-01 00:00+00');
select count(*) as before from public.events;
update public.items set name = name, price = 3.00, note = 'other', doc = '{"b": 2, "a": 1.00}', text_doc = ' { "b":2,"a":1.00}',
    at = '2024-01-01 01:00+01' where id = 3;
update public.items set note = 'and another';
update public.items set name = 'none' where false;
delete from public.items where false;
insert into public.items select * from public.items where false;
select count(*) as after from public.events;
-- What SQL calls null and what JSON calls null read the same.
update public.items set doc = 'null', text_doc = 'null' where id = 2;
update public.items set doc = null, text_doc = null where id = 2;
select count(*) as after from public.events;
-- An ignored column beside one that changes does not show.
update public.items set note = 'unseen', name = null where id = 3;
select payload from public.events order by seq desc limit 1;
-- Only these fields; created and deleted have them alone.
select from eventlog.untrack_changes('public.items');
select from eventlog.track_changes('public.items', entity_type => 'goods', fields => '{price}');
insert into public.items values (4, 'four', 4);
update public.items set name = 'vier', price = 4.5 where id = 4;
update public.items set name = 'quatre' where id = 4;
delete from public.items where id = 4;
select * from public.seen where type like 'goods%';
-- Events without values.
select from eventlog.track_changes('public.items', entity_type => 'goods', fields => '{price}', carry_values => false);
insert into public.items values (5, 'five', 5);
update public.items set price = 5.5 where id = 5;
delete from public.items where id = 5;
select * from public.seen where type like 'goods%' and entity_id = '5';
