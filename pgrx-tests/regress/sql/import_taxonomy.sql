-- import_taxonomy registers a whole document, says what it did, and does nothing the second time.
select eventlog.create_log('public.events', require_tenant => false);
\pset null '<null>'
create table public.document as select '{"types": [
    {"type": "task_completed", "domain": "tasks", "description": "a task was done", "required": ["step_id"],
     "optional": ["note"], "max_payload_bytes": 300, "entity_types": ["task"], "actor_types": ["user"]},
    {"type": "task_completed", "version": 2, "required": ["step_id", "minutes"]},
    {"type": "tool_used"},
    {"type": "old", "status": "retired"},
    {"type": "defaults", "required": [], "optional": [], "schema": null, "additional": "allow",
     "compatibility": "none", "status": "active", "version": 1, "domain": null}
]}'::jsonb as taxonomy;
select i.* from public.document, eventlog.import_taxonomy(taxonomy) i order by type, version;
select i.* from public.document, eventlog.import_taxonomy(taxonomy) i order by type, version;
select type, default_version, versions, status, required, optional, max_payload_bytes, entity_types, actor_types
from eventlog.event_types order by type;

-- Export and import are inverse, into the same log and another one.
select jsonb_pretty(eventlog.export_taxonomy());
select eventlog.create_log('public.copy');
select * from eventlog.import_taxonomy(eventlog.export_taxonomy(), 'copy') order by type, version;
select eventlog.export_taxonomy('copy') = eventlog.export_taxonomy('events') as same;
select * from eventlog.import_taxonomy(eventlog.export_taxonomy(), 'copy') order by type, version;
select eventlog.export_taxonomy('copy') = eventlog.export_taxonomy('events') as same;

-- A default version other than the first survives the way out and in.
select eventlog.set_default_version('task_completed', 2);
select action from eventlog.import_taxonomy(eventlog.export_taxonomy(), 'copy') where type = 'task_completed' order by 1;
select default_version from eventlog.event_types where type = 'task_completed' order by log;
select eventlog.export_taxonomy('copy') = eventlog.export_taxonomy('events') as same;

-- What changed is told apart from what is new; what the document does not name stays as it is.
select * from eventlog.import_taxonomy('{"types": [
    {"type": "tool_used", "description": "somebody started a tool"},
    {"type": "old"},
    {"type": "new"}
]}') order by type, version;
select type, status, description from eventlog.event_types where log = 'events'::regclass order by type;
