-- Values of megabytes: they are in the events when they changed, and are left alone when they did not.
\pset null '<null>'
set client_min_messages = warning;
select from eventlog.create_log('public.events', require_tenant => false);
create view public.seen as select type, entity_id, payload from public.events order by seq;
create table public.files (id int primary key, name text, body text, data bytea, doc jsonb);
alter table public.files alter column data set storage external;
select from eventlog.track_changes('public.files');
create function public.noise(mb int, seed text) returns text language sql as
    'select string_agg(md5($2 || n), '''') from generate_series(1, $1 * 32768) n';
insert into public.files values (1, 'a', public.noise(3, 'x'), decode(public.noise(2, 'y'), 'hex'),
    jsonb_build_object('long', public.noise(1, 'z'), 'list', (select jsonb_agg(n) from generate_series(1, 10000) n)));
-- The log's limit is no limit here.
select max_payload_bytes from eventlog.log;
select type, entity_id, length(payload -> 'initial_values' ->> 'body') as body, length(payload -> 'initial_values' ->> 'data') as data,
    payload -> 'initial_values' = to_jsonb(f) as same
from public.events, public.files f;
-- Another column: the rest does not appear.
update public.files set name = 'b';
select payload from public.events order by seq desc limit 1;
-- Nor is it fetched: what lies outside of the row is looked up by an index.
create view public.fetched as select sum(pg_stat_get_xact_numscans(i.indexrelid)) as times
from pg_class c join pg_index i on i.indrelid = c.reltoastrelid where c.oid = 'public.files'::regclass;
begin;
select times as before from public.fetched \gset
update public.files set name = 'b2';
select times - :before as times from public.fetched;
update public.files set body = body || '.';
select times - :before > 0 as now_it_is from public.fetched;
rollback;
-- The same again, stored anew; nothing has changed.
update public.files set body = body || '', data = data || '', doc = doc || '{}';
update public.files set body = public.noise(3, 'x');
select count(*) from public.events;
-- One letter of it; one of as many; all of it.
update public.files set body = overlay(body placing 'X' from 1000000 for 1);
update public.files set data = null;
update public.files set doc = doc || '{"more": 1}';
select type, k.key, length(k.value::text), length((k.value -> 'old')::text) as old, length((k.value -> 'new')::text) as new
from public.events, jsonb_each(payload -> 'changes') k order by seq;
select payload -> 'changes' -> 'body' ->> 'new' = body as as_it_is from public.events, public.files
where payload -> 'changes' ? 'body';
-- Values that compress well stay in the row, compressed.
insert into public.files values (2, 'c', repeat('a', 100000), null, null);
update public.files set name = 'd' where id = 2;
update public.files set body = repeat('a', 100000) where id = 2;
update public.files set body = repeat('a', 99999) || 'b' where id = 2;
select type, entity_id, length(payload::text) from public.events order by seq desc limit 3;
-- A key that leaves the table while what was moved out of the row does, too.
begin;
delete from public.files where id = 1;
select length(payload -> 'final_values' ->> 'body') as body, payload -> 'final_values' ->> 'name' as name
from public.events order by seq desc limit 1;
rollback;
-- A trigger's waiting events keep them.
create function public.again() returns trigger language plpgsql as $$
begin
    update public.files set body = body || 'y', name = 'e' where id = new.id and name <> 'e';
    return null;
end $$;
create trigger again after update on public.files for each row execute function public.again();
update public.files set body = public.noise(1, 'q') where id = 2;
select type, length(payload -> 'changes' -> 'body' ->> 'old') as old, length(payload -> 'changes' -> 'body' ->> 'new') as new
from public.events order by seq desc limit 2;
