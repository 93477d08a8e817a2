-- Teaches the log event_log the product's event types, and puts the product's own table, events, before it.
-- Run from the repository's root, by run.sql or by the demo.
\set taxonomy `cat examples/saas-telemetry/taxonomy.json`

select action, count(*) as types
from eventlog.import_taxonomy(:'taxonomy', 'event_log')
group by action;

-- The product numbers its events with a bigserial; seq is the log's own count.
select eventlog.create_event_view('events', 'event_log', '{
    "id": "seq",
    "tenant_id": "tenant_id",
    "name": "type",
    "data": "payload",
    "created_at": "occurred_at"
}') as view;
