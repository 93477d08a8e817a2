-- Upcasts are a part of the taxonomy: exported, imported, kept in the note, put back by repair_log.
select eventlog.create_log('public.events', require_tenant => false);
create function public.three(payload jsonb) returns jsonb language sql immutable as $$ select payload || '{"three": true}' $$;
select * from eventlog.import_taxonomy('{"types": [
        {"type": "paid", "required": ["sum"]}, {"type": "paid", "version": 2, "required": ["amount"]}, {"type": "paid", "version": 3}],
    "upcasts": [
        {"type": "paid", "from_version": 1, "to_version": 2, "steps": [{"rename": ["sum", "amount"]}, {"default": ["/note", null]}]},
        {"type": "paid", "from_version": 2, "to_version": 3, "handler": "public.three"}]}');
select eventlog.upcast('paid', 1, '{"sum": 1}', 3);
select jsonb_pretty(eventlog.export_taxonomy() -> 'upcasts');

-- the same again changes nothing
select count(*) as before from eventlog.admin_log \gset
select * from eventlog.import_taxonomy(eventlog.export_taxonomy());
select count(*) - :before as more from eventlog.admin_log;

-- what is wrong has its place, and changes nothing
select * from eventlog.import_taxonomy('{"types": [], "upcasts": {}}');
select * from eventlog.import_taxonomy('{"types": [], "upcasts": [{"type": "paid", "from_version": 1, "to_version": 2, "typo": 1}]}');
select * from eventlog.import_taxonomy('{"types": [], "upcasts": [
    {"type": "paid", "from_version": 1, "to_version": 2, "steps": []}, {"type": "paid", "from_version": 1, "to_version": 2, "steps": [7]}]}');
select * from eventlog.import_taxonomy('{"types": [], "upcasts": [
    {"type": "paid", "from_version": 1, "to_version": 2, "steps": []}, {"type": "paid", "from_version": 1, "to_version": 2, "steps": []}]}');
select * from eventlog.import_taxonomy('{"types": [{"type": "new"}], "upcasts": [{"type": "new", "from_version": 1, "to_version": 2, "steps": []}]}');
select count(*) from eventlog.event_types where type = 'new';

-- into another log, and back after the extension was dropped
select eventlog.create_log('public.others', require_tenant => false);
select count(*) from eventlog.import_taxonomy(eventlog.export_taxonomy('events'), 'others');
select eventlog.upcast('paid', 1, '{"sum": 1}', 3, 'others');
set client_min_messages = error;
drop extension pg_eventlog cascade;
create extension pg_eventlog;
select eventlog.repair_log('events') is not null as repaired;
reset client_min_messages;
select eventlog.upcast('paid', 1, '{"sum": 1}', 3, 'events');
-- forgotten with its log
select log_id from eventlog.log where relation = 'events'::regclass \gset
set eventlog.allow_drop = on;
drop table events cascade;
select eventlog.forget_log(:'log_id');
select count(*) from eventlog.upcast;
