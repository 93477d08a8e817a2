-- Events take tenant, actor, correlation, causation and reason from the context of the transaction.
\pset null '<null>'
set client_min_messages = warning;
select from eventlog.create_log('public.events', require_tenant => false);
create view public.seen as select type, entity_id, payload from public.events order by seq;
create table public.campaigns (id uuid primary key, status text, budget int);
select from eventlog.track_changes('public.campaigns', state_column => 'status');
begin;
select from eventlog.set_context('11111111-1111-4111-8111-111111111111', 'user', 'u-1', 'corr', 'cause', 'because');
insert into public.campaigns values ('22222222-2222-4222-8222-222222222222', 'draft', 1);
update public.campaigns set status = 'live', budget = 2;
update public.campaigns set budget = 3;
delete from public.campaigns;
commit;
-- Outside of it there is none.
insert into public.campaigns values ('22222222-2222-4222-8222-222222222222', 'draft', 1);
select type, tenant_id, actor_type, actor_id, correlation_id, causation_id, context, payload from public.events order by seq;
select distinct entity_type, entity_id, source_type, source_id, idempotency_key, version from public.events;
-- One reading of the clock for the events of a statement, and ids that are not older.
select bool_and(occurred_at = recorded_at) as occurred_when_recorded, count(distinct recorded_at) as statements,
    bool_and(('x' || translate(left(id::text, 13), '-', ''))::bit(48)::bigint >= floor(extract(epoch from recorded_at) * 1000)) as ids_follow
from public.events;
select count(*) from public.events where xid is null or origin is null;
-- A reason of an empty text is none.
begin;
select from eventlog.set_context(reason => '');
update public.campaigns set budget = 9;
select from eventlog.set_context(reason => 'ein "Grund" 猫');
update public.campaigns set budget = 10;
commit;
select payload from public.events order by seq desc limit 2;
