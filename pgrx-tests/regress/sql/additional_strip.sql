-- additional => 'strip': keys at the top of a payload that the contract does not know are left out, by whichever way they come.
select eventlog.create_log('public.events', tenant_type => 'text', require_tenant => false, max_payload_bytes => 300);
select eventlog.register_event_type('signed_up', required => '{email}', optional => '{plan}', additional => 'strip',
    schema => '{"properties": {"age": {"type": "integer"}}, "patternProperties": {"^x-": true}}');
select additional from eventlog.event_types;

select eventlog.log_event('signed_up', '{"email": "a", "plan": {"deep": 1}, "age": 5, "x-a": 1.50, "b": 2, "": 3}') is not null as logged;
select count(*) from eventlog.log_events('[{"type": "signed_up", "payload": {"email": "b", "c": 1}}, {"type": "signed_up", "payload": {"email": "c"}}]');
insert into events (type, payload) values ('signed_up', '{"email": "d", "secret": 1}');
copy events (type, payload) from stdin (format csv);
signed_up,"{""email"": ""e"", ""secret"": 1}"
\.
select eventlog.create_event_view('public.signups', 'events', '{"type": "type", "payload": "payload"}');
insert into public.signups (type, payload) values ('signed_up', '{"email": "f", "secret": 1}');
select payload, context from events order by seq;

-- What is left is what is asked; what came is what is measured.
select eventlog.log_event('signed_up', '{"mail": "a", "age": "5"}');
insert into events (type, payload) values ('signed_up', '{"mail": "a", "age": "5"}');
select eventlog.log_event('signed_up', jsonb_build_object('email', 'a', 'more', repeat('x', 300)));
insert into events (type, payload) values ('signed_up', jsonb_build_object('email', 'a', 'more', repeat('x', 300)));
select eventlog.log_event('signed_up', '["a"]');
select * from eventlog.validate_event('signed_up', '{"email": "a", "more": 1}');
select * from eventlog.validate_event('signed_up', '{"more": 1}');

-- A key of an event is for what is stored.
select eventlog.log_event('signed_up', '{"email": "g", "at": 1}', idempotency_key => 'k') = eventlog.log_event('signed_up', '{"email": "g", "at": 2}', idempotency_key => 'k') as same;
select eventlog.log_event('signed_up', '{"email": "h"}', idempotency_key => 'k');
select count(*) from eventlog.log_events('[{"type": "signed_up", "payload": {"email": "g", "other": 1}, "idempotency_key": "k"}]');
select count(*) from events where idempotency_key = 'k';

-- Rules are asked of it too, and states follow from it.
select eventlog.add_check_rule('no_note', 'signed_up', '!exists($.payload.note)');
select eventlog.add_transition_rule('stage', 'account', '{"": ["new"], "new": ["old"]}', path => '$.payload.stage');
select eventlog.log_event('signed_up', '{"email": "i", "note": 1, "stage": "old"}', entity_type => 'account', entity_id => '1') is not null as logged;
insert into events (type, payload, entity_type, entity_id) values ('signed_up', '{"email": "j", "note": 1, "stage": "old"}', 'account', '1');
select payload from events where entity_type = 'account' order by seq;

-- What can be known only with a payload cannot be left out.
select eventlog.register_event_type('x', additional => 'strip', schema => '{"anyOf": [{"$dynamicRef": "#a"}], "$defs": {"a": {"$dynamicAnchor": "a"}}}');
select eventlog.register_event_type('x', additional => 'drop');
select eventlog.import_taxonomy('{"types": [{"type": "y", "additional": "strip", "enforce": "report"}]}');
select eventlog.export_taxonomy() -> 'types' ->> 1 as exported;
