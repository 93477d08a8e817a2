-- What a log or a type redacts of its events is gone before anything is asked, hashed or stored, by whichever way they come.
select eventlog.create_log('public.events', tenant_type => 'text', require_tenant => false, unregistered => 'allow');
select eventlog.set_redaction('{"remove": ["**.password", "/context/ip", "/items/0"], "mask": ["/card"]}');
select eventlog.register_event_type('paid', required => '{id}', redact => '{"mask": ["/iban"], "remove": ["/pin", "/pin"]}',
    schema => '{"properties": {"pin": false, "iban": {"maxLength": 8}}}');
select redact from eventlog.logs;
select redact from eventlog.event_types;

select eventlog.log_event('paid', '{"id": 1, "pin": 1234, "iban": "DE02120300000000202051", "card": 4111111111111111, "deep": [{"password": "x"}]}',
    context => '{"ip": "::1", "redacted": "nothing", "user": {"password": "x", "name": "n"}}') is not null as logged;
select count(*) from eventlog.log_events('[{"type": "paid", "payload": {"id": 2, "card": "1234", "items": [1, 2]}}, {"type": "other", "payload": {"pin": 1, "password": null}}, {"type": "paid", "payload": {"id": 3}, "context": {"redacted": ["/forged"]}}]');
insert into events (type, payload, context) values ('paid', '{"id": 4, "pin": 1}', '{"ip": 1, "redacted": ["/pin"]}'), ('other', '{}', '{"redacted": "mine"}');
insert into events (type, payload) values ('other', '[{"password": 1}]');
insert into events (type, payload) values ('other', '{"a": {"password": [1, {"password": 2}]}}');
copy events (type, payload) from stdin (format csv);
paid,"{""id"": 5, ""iban"": ""12345""}"
\.
select eventlog.create_event_view('public.payments', 'events', '{"type": "type", "payload": "payload", "context": "context"}');
insert into public.payments (type, payload, context) values ('paid', '{"id": 6, "pin": 1}', '{"ip": 1}');
select payload, context from events order by seq;

-- Metadata of the transaction is a part of the context.
begin;
select eventlog.set_context(context => '{"ip": "::1", "request": {"id": "r", "password": "x"}}');
select eventlog.log_event('other', '{}', context => '{"own": {"password": "y"}}') is not null as logged;
insert into events (type, payload) values ('other', '{}');
commit;
select payload, context from events order by seq desc limit 2;

-- What came is measured, and then what is stored; what is told counts for nothing.
select eventlog.register_event_type('small', max_payload_bytes => 60, redact => '{"remove": ["/a"], "mask": ["**.m"]}');
select eventlog.log_event('small', jsonb_build_object('a', repeat('x', 100)));
insert into events (type, payload) values ('small', jsonb_build_object('a', repeat('x', 100)));
select eventlog.log_event('small', jsonb_build_object('a', repeat('x', 100)), idempotency_key => 'too large');
select count(*) from events_key where key = 'too large';
select eventlog.log_event('small', '{"m": true, "a": 1}') is not null as logged;
select eventlog.log_event('small', '{"b": {"m": true}, "c": {"m": true}}');
insert into events (type, payload) values ('small', '{"b": {"m": true}, "c": {"m": true}}');
insert into events (type, payload, context) select 'small', '{"a": 1}', jsonb_build_object('pad', repeat('x', 2010));
select context -> 'redacted' as redacted, length(context::text) > 2040 as large from events order by seq desc limit 1;

-- A key of an event is for what is stored.
select eventlog.log_event('paid', '{"id": 7, "pin": 1}', context => '{"ip": 1}', idempotency_key => 'k') = eventlog.log_event('paid', '{"id": 7, "pin": 2}', context => '{"ip": 2}', idempotency_key => 'k') as same;
select eventlog.log_event('paid', '{"id": 8, "pin": 1}', idempotency_key => 'k');
select count(*) from eventlog.log_events('[{"type": "paid", "payload": {"id": 7, "pin": 3}, "context": {"ip": 1}, "idempotency_key": "k"}]');

-- Rules are asked of what is stored, and states follow from it.
select eventlog.add_check_rule('no_pin', 'paid', '!exists($.payload.pin) && !exists($.context.ip)');
select eventlog.log_event('paid', '{"id": 9, "pin": 1}', context => '{"ip": 1}') is not null as logged;
insert into events (type, payload, context) values ('paid', '{"id": 10, "pin": 1}', '{"ip": 1}');
select eventlog.add_transition_rule('stage', 'account', '{"": ["new"]}', path => '$.payload.password');
select eventlog.log_event('other', '{"password": "old"}', entity_type => 'account', entity_id => '1') is not null as logged;
insert into events (type, payload, entity_type, entity_id) values ('other', '{"password": "old"}', 'account', '1');

-- Whoever asks is answered in the same order.
select * from eventlog.validate_event('paid', '{"id": 1, "pin": 1, "iban": "DE02120300000000202051"}');
select * from eventlog.validate_event('paid', '{"pin": 1}');

-- With keys that are left out, and what is only reported.
select eventlog.register_event_type('all', required => '{a,b}', optional => '{secret}', additional => 'strip', enforce => 'report', redact => '{"remove": ["/secret"]}');
select eventlog.log_event('all', '{"a": 1, "secret": 1, "other": {"password": 1}}', context => '{"violations": 1, "redacted": 1}') is not null as logged;
select payload, context from events order by seq desc limit 1;

-- None at all.
select eventlog.set_redaction('{}');
select redact from eventlog.logs;
select eventlog.log_event('other', '{"password": "x"}', context => '{"redacted": "mine"}') is not null as logged;
select payload, context from events order by seq desc limit 1;
select action, object, detail from eventlog.admin_log where action = 'set_redaction' order by id;
