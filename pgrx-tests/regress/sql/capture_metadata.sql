-- Captured events carry the metadata of the transaction; no change is refused for it.
set client_min_messages = warning;
select from eventlog.create_log('public.events', require_tenant => false);
create view public.seen as select type, entity_id, context from public.events order by seq;
create table public.campaigns (id int primary key, status text, budget int);
select from eventlog.track_changes('public.campaigns', state_column => 'status');
begin;
select from eventlog.set_context(context => '{"request": "r-1", "z": 1}');
insert into public.campaigns values (1, 'draft', 1), (2, 'draft', 1);
update public.campaigns set status = 'live', budget = 2 where id = 1;
delete from public.campaigns where id = 2;
commit;
delete from public.campaigns;
table public.seen;
-- Also what is written by way of the executor, and what waits for a statement around it.
alter table public.events add column note text default 'noted';
create function public.touch() returns trigger language plpgsql as $$
begin
    update public.campaigns set budget = new.budget + 1 where id = new.id;
    return null;
end $$;
create trigger touch after insert on public.campaigns for each row execute function public.touch();
begin;
select from eventlog.set_context(context => '{"request": "r-2"}');
insert into public.campaigns values (3, 'draft', 1), (4, 'draft', 1);
commit;
select type, entity_id, context, note from public.events order by seq desc limit 4;
-- Where it would exceed the log's limit it is left out, of each event by itself.
select from eventlog.create_log('public.small', require_tenant => false, max_payload_bytes => 100);
create table public.leads (id int primary key, status text);
select from eventlog.track_changes('public.leads', state_column => 'status', carry_values => false, log => 'public.small');
begin;
select from eventlog.set_context(context => jsonb_build_object('k', repeat('x', 78)));
select pg_column_size(eventlog.current_context());
insert into public.leads values (1, 'a');
update public.leads set status = 'b';
select from eventlog.set_context(context => jsonb_build_object('k', repeat('x', 90)));
update public.leads set status = 'c';
delete from public.leads;
select from eventlog.set_context(context => '{"k": 1}');
insert into public.leads values (1, 'a');
update public.leads set status = 'b';
commit;
select type, context from public.small order by seq;
