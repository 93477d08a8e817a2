-- Rules are a part of the taxonomy: they are exported, imported, noted beside the log and put back.
select eventlog.create_log('public.events', require_tenant => false, unregistered => 'allow');
select eventlog.export_taxonomy();
select eventlog.add_check_rule('b', 'paid', '$.payload.amount > 0', 'amounts are positive');
select eventlog.add_check_rule('a', 'paid', '$.payload.amount < 9');
select eventlog.export_taxonomy();
select eventlog.create_log('public.other', require_tenant => false);
select * from eventlog.import_taxonomy(
    eventlog.export_taxonomy('public.events') || '{"types": [{"type": "paid"}]}', 'public.other');
select eventlog.export_taxonomy('public.other') = eventlog.export_taxonomy('public.events') || '{"types": [{"type": "paid", "version": 1}]}' as same;
select eventlog.log_event('paid', '{"amount": 9}', log => 'public.other');
-- Again, which changes nothing; then a part of it, which leaves the rest.
select count(*) from eventlog.admin_log;
select * from eventlog.import_taxonomy(eventlog.export_taxonomy('public.other'), 'public.other');
select count(*) from eventlog.admin_log;
select * from eventlog.import_taxonomy('{"types": [], "rules": [{"name": "a", "kind": "check", "type": "paid", "predicate": "$.payload.amount < 8"}]}', 'public.other');
select name, predicate from eventlog.event_rules where log = 'public.other'::regclass;
-- All or nothing.
select * from eventlog.import_taxonomy('{"types": [{"type": "new"}], "rules": [{"name": "c", "kind": "check", "type": "new", "predicate": "$.payload"}]}', 'public.other');
select type from eventlog.event_types where log = 'public.other'::regclass;
select * from eventlog.import_taxonomy('{"types": [], "rules": {}}', 'public.other');
select * from eventlog.import_taxonomy('{"types": [], "rules": [{"name": "c", "kind": "check", "type": "new"}]}', 'public.other');
select * from eventlog.import_taxonomy('{"types": [], "rules": [{"name": "c", "kind": "guess", "type": "new", "predicate": "1 == 1"}]}', 'public.other');
select * from eventlog.import_taxonomy('{"types": [], "rules": [{"name": "c", "kind": "check", "type": "new", "predicate": "1 == 1", "mesage": ""}]}', 'public.other');
-- Other logs go with their rules.
drop table public.other;
select eventlog.forget_log(log_id) from eventlog.log where relation::oid not in (select oid from pg_class);
select count(*) from eventlog.event_rule;
-- The extension goes and comes back.
drop extension pg_eventlog cascade;
create extension pg_eventlog;
select * from eventlog.repair_log('public.events');
select name, type, predicate, message from eventlog.event_rules;
select eventlog.log_event('paid', '{"amount": 0}', log => 'public.events');
select * from eventlog.repair_log('public.events');
