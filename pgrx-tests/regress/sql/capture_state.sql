-- A change of the state is an event of its own, after the one of the other fields.
\pset null '<null>'
set client_min_messages = warning;
select from eventlog.create_log('public.events', require_tenant => false);
create view public.seen as select type, entity_id, payload from public.events order by seq;
create type public.stage as enum ('draft', 'live', 'done');
create table public.campaigns (id int primary key, status public.stage, budget int, name text);
select from eventlog.track_changes('public.campaigns', fields => '{budget}', state_column => 'status');
insert into public.campaigns values (1, 'draft', 1, 'a'), (2, null, 2, 'b'), (3, 'live', 3, 'c');
update public.campaigns set status = 'live', budget = budget + 10, name = name || '!' where id = 1;
update public.campaigns set status = 'done' where id in (1, 2);
update public.campaigns set status = null, name = 'x' where id = 2;
update public.campaigns set status = 'live', budget = 30 where id = 3;
update public.campaigns set name = 'y';
delete from public.campaigns where id = 1;
select type, entity_id, payload, context from public.events order by seq;
-- Several rows at once: each row's events stand together.
begin;
select from eventlog.set_context(causation_id => 'c-1');
update public.campaigns set status = 'done', budget = budget + 1;
commit;
select type, entity_id, payload, causation_id from public.events order by seq desc limit 4;
