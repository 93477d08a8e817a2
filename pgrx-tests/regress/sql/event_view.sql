-- An application keeps its own names: a view over the log that also takes inserts, types and envelopes included.
select eventlog.create_log('public.events');
select eventlog.register_event_type('task_completed', required => '{step_id}');
\pset null '<null>'

-- a table of decisions
select eventlog.create_event_view('public.decision_events', 'public.events', '{
    "id": "id", "company_id": "tenant_id", "user_id": "actor_id::uuid", "event_type": "type", "context": "context",
    "data": "payload", "created_at": "occurred_at::timestamp"}');
select a.attname, a.atttypid::regtype, col_description(a.attrelid, a.attnum)
from pg_attribute a where a.attrelid = 'public.decision_events'::regclass and a.attnum > 0 order by a.attnum;
select reloptions from pg_class where oid = 'public.decision_events'::regclass;
insert into public.decision_events (company_id, user_id, event_type, context, data, created_at)
values ('11111111-1111-4111-8111-111111111111', '22222222-2222-4222-8222-222222222222', 'task_completed',
    '{"domain_id": 3}', '{"step_id": 1.10}', '2025-05-17 17:00');
insert into public.decision_events (company_id, event_type, data)
values ('11111111-1111-4111-8111-111111111111', 'task_completed', '{"step_id": 2}') returning event_type, data;
insert into public.decision_events (company_id, event_type, data)
values ('11111111-1111-4111-8111-111111111111', 'task_completed', '{"step_id": 3}'), ('11111111-1111-4111-8111-111111111111', 'task_completed', '{}');
insert into public.decision_events (event_type, data) values ('task_completed', '{"step_id": 4}');
insert into public.decision_events (id, company_id, event_type, data)
values ('33333333-3333-4333-8333-333333333333', '11111111-1111-4111-8111-111111111111', 'task_completed', '{"step_id": 5}');
select user_id, event_type, context, data, created_at > '2025-05-18' as later from public.decision_events order by data;
select actor_id, occurred_at > '2025-05-18' as later, version, payload from public.events order by seq;
set timezone = 'America/New_York';
select created_at from public.decision_events where user_id is not null;
insert into public.decision_events (company_id, event_type, data, created_at)
values ('11111111-1111-4111-8111-111111111111', 'task_completed', '{"step_id": 6}', '2025-05-17 17:00');
select occurred_at at time zone 'UTC' from public.events where payload @> '{"step_id": 6}';
reset timezone;

-- an envelope, in levels
select eventlog.create_event_view('public.workflow', 'public.events', '{
    "event": "type", "entity": {"type": "entity_type", "id": "entity_id"},
    "metadata": {"tenant": "tenant_id", "trace": {"correlation": "correlation_id", "causation": "causation_id"}, "key": "idempotency_key"},
    "payload": "payload"}');
insert into public.workflow (event, entity, metadata, payload) values ('task_completed', '{"type": "task", "id": 7}',
    '{"tenant": "11111111-1111-4111-8111-111111111111", "trace": {"correlation": "c-1", "causation": null}, "key": "k-1"}', '{"step_id": 7}');
insert into public.workflow (event, metadata, payload) values ('task_completed', '{"tenant": "11111111-1111-4111-8111-111111111111"}', '{"step_id": 8}');
select event, entity, metadata from public.workflow where payload @> '{"step_id": 7}' or payload @> '{"step_id": 8}' order by payload;
select entity_type, entity_id, correlation_id, causation_id, idempotency_key from public.events where payload @> '{"step_id": 7}';
insert into public.workflow (event, metadata, payload) values ('task_completed', '{"tenant": "x"}', '{"step_id": 9}');
insert into public.workflow (event, metadata, payload) values ('task_completed', '{"tenant": "11111111-1111-4111-8111-111111111111", "typo": 1}', '{"step_id": 9}');
insert into public.workflow (event, metadata, payload) values ('task_completed', '7', '{"step_id": 9}');

-- The view is no way around anything.
update public.decision_events set event_type = 'x';
delete from public.decision_events;
truncate public.decision_events;
create role regress_view_guest;
grant select, insert on public.decision_events to regress_view_guest;
set role regress_view_guest;
select count(*) from public.decision_events;
insert into public.decision_events (company_id, event_type, data) values ('11111111-1111-4111-8111-111111111111', 'task_completed', '{"step_id": 9}');
reset role;
drop owned by regress_view_guest;
drop role regress_view_guest;

-- It follows its log through renames.
alter table public.events rename to journal;
insert into public.decision_events (company_id, event_type, data) values ('11111111-1111-4111-8111-111111111111', 'task_completed', '{"step_id": 10}');
select count(*) from public.decision_events;
