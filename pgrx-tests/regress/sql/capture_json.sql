-- What a json column may hold and jsonb may not becomes a string of the same text; no change is refused for it.
\pset null '<null>'
set client_min_messages = warning;
select from eventlog.create_log('public.events', require_tenant => false);
create view public.seen as select type, entity_id, payload from public.events order by seq;
create table public.docs (id int primary key, doc json, docs json[], v int);
select from eventlog.track_changes('public.docs');
insert into public.docs values (1, '{"a": "\u0000"}', array['1e999999', '{"ok": [1.10]}']::json[]), (2, '1e999999', null),
    (3, '{"a": 1, "a": 2}', null), (4, ' [ 1 , 2 ] ', null), (5, '"\ud83d\ude00 \u00e9"', '{}'), (6, '"\ud83d"', null),
    (7, ('[' || repeat('9', 200000) || ']')::json, null), (8, 'null', null);
select entity_id, case when length(payload::text) < 200 then payload::text else left(payload::text, 60) end from public.seen;
update public.docs set doc = '{"a": "\u0000" }', v = 1 where id = 1;
update public.docs set doc = '{"a": "\u0000"}', docs[1] = '1e999998' where id = 1;
update public.docs set doc = '{"a": 2}' where id = 3;
update public.docs set doc = '[1,2]' where id = 4;
update public.docs set doc = null where id = 8;
-- As deep as it goes.
insert into public.docs values (9, (repeat('[', 5000) || repeat(']', 5000))::json);
select entity_id, case when length(payload::text) < 200 then payload::text else left(payload::text, 60) end from public.seen offset 8;
delete from public.docs;
select count(*) from public.events;
