-- enforce => 'report': an event that breaks its contract is stored, and its context says what it breaks.
select eventlog.create_log('public.events', tenant_type => 'text', require_tenant => false, max_payload_bytes => 300);
select eventlog.register_event_type('paid', required => '{id}', entity_types => '{order}', enforce => 'report', additional => 'reject', max_payload_bytes => 1000,
    schema => '{"properties": {"amount": {"type": "number", "minimum": 0}}}', context_schema => '{"required": ["ip"]}');
select enforce from eventlog.event_types;

select eventlog.log_event('paid', '{"amount": "5", "secret": 1}') is not null as logged;
select eventlog.log_event('paid', '{"id": 1, "amount": 5}', entity_type => 'order', entity_id => '1', context => '{"ip": "::1"}') is not null as logged;
select count(*) from eventlog.log_events('[{"type": "paid", "payload": {"id": 1, "amount": -1}, "entity_type": "order", "entity_id": "1", "context": {"ip": "::1"}}]');
insert into events (type, payload, context) values ('paid', '{}', '{"ip": "::1", "violations": []}');
copy events (type, payload, context) from stdin (format csv);
paid,"{""id"": 1}","{""violations"": ""none""}"
\.
-- Nobody else says it.
insert into events (type, payload, entity_type, context) values ('paid', '{"id": 1}', 'order', '{"ip": "::1", "violations": [{"code": "forged", "path": ""}]}');
select payload, context from events order by seq;
select context -> 'violations' -> 0 ->> 'code' as code, count(*) from events where context ? 'violations' group by 1 order by 1;

-- It tells at most 20, for which there is room beside the limit.
select eventlog.log_event('paid', (select jsonb_object_agg('k' || n, n) from generate_series(1, 30) n), context => jsonb_build_object('pad', repeat('x', 250))) is not null as logged;
select jsonb_array_length(context -> 'violations') as told, length(context::text) > 300 as large from events order by seq desc limit 1;

-- What every event has to be refuses as ever.
select eventlog.log_event('paid', '[]');
select eventlog.log_event('paid', jsonb_build_object('a', repeat('x', 1000)));
select eventlog.log_event('paid', '{}', version => 2);
select eventlog.log_event('paid', '{}', entity_type => 'order', entity_id => repeat('x', 600));

-- And so do rules, which have names of their own.
select eventlog.add_check_rule('positive', 'paid', '$.payload.amount > 0');
select eventlog.log_event('paid', '{"amount": 0}');
select eventlog.remove_event_rule('positive');

-- Whoever asks is told all that is broken.
select * from eventlog.validate_event('paid', '{"amount": "5"}');

-- When all events are as they should be, the contract is enforced.
select eventlog.register_event_type('paid', required => '{id}', entity_types => '{order}', additional => 'reject', max_payload_bytes => 1000,
    schema => '{"properties": {"amount": {"type": "number", "minimum": 0}}}', context_schema => '{"required": ["ip"]}');
select default_version, enforce from eventlog.event_types where type = 'paid';
select eventlog.log_event('paid', '{"amount": "5"}');
select eventlog.register_event_type('paid', enforce => 'warn');
