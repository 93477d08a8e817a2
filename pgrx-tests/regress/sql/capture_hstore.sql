-- A type with a cast to json of its own, which to_jsonb would call, is the text that it shows.
\pset null '<null>'
set client_min_messages = warning;
select from eventlog.create_log('public.events', require_tenant => false);
create view public.seen as select type, entity_id, payload from public.events order by seq;
create extension hstore schema public;
create table public.things (id int primary key, attributes public.hstore, list public.hstore[]);
select from eventlog.track_changes('public.things');
insert into public.things values (1, 'a => 1, "b c" => NULL', array['x => y']::public.hstore[]);
update public.things set attributes = attributes || 'a => 2';
update public.things set attributes = attributes || '';
select payload, payload -> 'initial_values' ->> 'attributes' = 'a => 1, "b c" => NULL'::public.hstore::text as its_text from public.seen;
