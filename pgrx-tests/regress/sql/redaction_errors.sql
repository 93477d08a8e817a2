-- Rules of redaction that mean nothing, that need what is not there, and that would take what has to be there.
select eventlog.create_log('public.events', tenant_type => 'text', require_tenant => false);
select eventlog.set_redaction(null);
select eventlog.set_redaction('[]');
select eventlog.set_redaction('{"drop": []}');
select eventlog.set_redaction('{"remove": "/a"}');
select eventlog.set_redaction('{"remove": ["a"]}');
select eventlog.set_redaction('{"remove": ["**."]}');
select eventlog.set_redaction('{"remove": ["/a~2"]}');
select eventlog.set_redaction('{"remove": ["/context"]}');
select eventlog.set_redaction(jsonb_build_object('remove', (select jsonb_agg('/' || n) from generate_series(1, 1001) n)));
select eventlog.set_redaction(jsonb_build_object('remove', jsonb_build_array('/' || repeat('a', 2000000))));
select eventlog.set_redaction(('{"remove": [' || repeat('[', 200) || repeat(']', 200) || ']}')::jsonb);
select eventlog.set_redaction('{}', 'pg_class');
select eventlog.register_event_type('a', redact => '{"remove": ["a"]}');
select eventlog.import_taxonomy('{"types": [{"type": "a", "redact": {"mask": 1}}]}');
select eventlog.import_taxonomy('{"types": [], "redact": {"mask": [""]}}');

-- A key is needed where values are hashed: to register it, and for the event.
select eventlog.set_redaction('{"hash": ["/card"]}');
select eventlog.register_event_type('a', redact => '{"hash": ["/card"]}');
select eventlog.import_taxonomy('{"types": [{"type": "a", "redact": {"hash": ["/card"]}}]}');
select eventlog.import_taxonomy('{"types": [], "redact": {"hash": ["/card"]}}');
show eventlog.redaction_key;
set eventlog.redaction_key = 'abcdefghijklmnopqrstuvwxyz0123456789';
alter role postgres set eventlog.redaction_key = 'abcdefghijklmnopqrstuvwxyz0123456789';
do $$ begin execute format('alter database %I set eventlog.redaction_key = %L', current_database(), 'x'); end $$;
select count(*) from pg_settings where name = 'eventlog.redaction_key';
create role redaction_reader in role pg_read_all_settings;
set role redaction_reader;
show eventlog.redaction_key;
reset role;
create role redaction_nobody;
set role redaction_nobody;
show eventlog.redaction_key;
select eventlog.set_redaction('{}', 'events');
reset role;
-- Rules that came without one: from another server, say.
update eventlog.log set redact = '{"hash": ["/card"]}';
select eventlog.register_event_type('b');
select eventlog.log_event('b', '{"card": 1}');
select eventlog.log_event('b', '{"card": 1}', idempotency_key => 'k');
insert into events (type, payload) values ('b', '{"card": 1}');
select * from eventlog.validate_event('b', '{"card": 1}');
select eventlog.log_event('b', '{"card": null, "a": 1}') is not null as there_is_nothing_to_hash;
-- Rules that this release does not know are not as if there were none.
update eventlog.log set redact = '{"encrypt": ["/card"]}';
select eventlog.log_event('b', '{"card": 1}');
insert into events (type, payload) values ('b', '{"card": 1}');
select * from eventlog.validate_event('b', '{"card": 1}');
select eventlog.set_redaction('{}');

-- What is removed is not required, by whichever of the two comes second.
select eventlog.register_event_type('a', required => '{card}', redact => '{"remove": ["/card"]}');
select eventlog.register_event_type('a', required => '{card}', redact => '{"remove": ["**.card"]}');
select eventlog.register_event_type('a', schema => '{"properties": {"who": {"required": ["card"]}}}', redact => '{"remove": ["/who/card"]}');
select eventlog.register_event_type('a', context_schema => '{"required": ["ip"]}', redact => '{"remove": ["/context/ip"]}');
select eventlog.register_event_type('a', required => '{card}', redact => '{"mask": ["/card"], "remove": ["/who/card"]}');
select eventlog.set_redaction('{"remove": ["**.card"]}');
select eventlog.import_taxonomy('{"types": [], "redact": {"remove": ["**.card"]}}');
select eventlog.set_redaction('{"remove": ["**.pin"]}');
select eventlog.register_event_type('c', required => '{pin}');
select eventlog.import_taxonomy('{"types": [{"type": "d", "schema": {"required": ["pin"]}}]}');
-- Nobody writes one that is retired.
select eventlog.retire_event_type('a');
select eventlog.set_redaction('{"remove": ["**.card"]}');
select type, redact from eventlog.event_types order by type;
select redact from eventlog.logs;
drop role redaction_reader, redaction_nobody;
