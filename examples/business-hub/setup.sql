-- Teaches the log event_log the hub's event types, and puts the hub's own table, decision_events, before it.
-- Run from the repository's root, by run.sql or by the demo.
\set taxonomy `cat examples/business-hub/taxonomy.json`

select action, count(*) as types
from eventlog.import_taxonomy(:'taxonomy', 'event_log')
group by action;

-- The columns of the hub's table, under its names and types. A timestamp without a zone is UTC.
select eventlog.create_event_view('decision_events', 'event_log', '{
    "id": "id",
    "company_id": "tenant_id",
    "user_id": "actor_id::uuid",
    "event_type": "type",
    "context": "context",
    "data": "payload",
    "created_at": "occurred_at::timestamp"
}') as view;
