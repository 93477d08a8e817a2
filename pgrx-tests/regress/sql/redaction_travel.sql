-- Redaction goes with the taxonomy, and with the note that a log keeps beside itself.
select eventlog.create_log('public.events', tenant_type => 'text', require_tenant => false);
select eventlog.set_redaction('{"mask": ["/card"], "remove": ["**.password", "/a"]}');
select eventlog.register_event_type('paid', redact => '{"remove": ["/pin"]}');
select eventlog.export_taxonomy() as taxonomy \gset
select jsonb_pretty(:'taxonomy');
select eventlog.create_log('public.copies', tenant_type => 'text', require_tenant => false);
select * from eventlog.import_taxonomy(:'taxonomy', 'copies');
select eventlog.export_taxonomy('copies') = :'taxonomy' as same;
select * from eventlog.import_taxonomy(:'taxonomy', 'copies');
-- A document that says nothing of it leaves it as it is; one that says nothing is to be redacted ends it.
select * from eventlog.import_taxonomy('{"types": [{"type": "paid", "redact": {}}]}', 'copies');
select eventlog.export_taxonomy('copies');
select * from eventlog.import_taxonomy('{"types": [], "redact": null}', 'copies');
select * from eventlog.import_taxonomy('{"types": [], "redact": {"remove": []}}', 'copies');
select eventlog.export_taxonomy('copies');
select action, object, detail -> 'redact' as redact from eventlog.admin_log where detail ? 'redact' order by id;

-- After the catalogue is gone, and where the taxonomy was too long for the note.
select eventlog.import_taxonomy(jsonb_build_object('types', (select jsonb_agg(jsonb_build_object('type', 't' || n, 'description', repeat('x', 1000))) from generate_series(1, 300) n)), 'copies') limit 1;
select eventlog.set_redaction('{"remove": ["/only"]}', 'copies');
set client_min_messages = error;
drop extension pg_eventlog cascade;
create extension pg_eventlog;
set client_min_messages = warning;
select * from eventlog.repair_log('events');
select * from eventlog.repair_log('copies');
select log, redact from eventlog.logs order by 1;
select type, redact from eventlog.event_types;
select eventlog.log_event('paid', '{"card": "41111111", "pin": 1, "a": 1, "password": 1}', log => 'events') is not null as logged;
select payload, context from events;
