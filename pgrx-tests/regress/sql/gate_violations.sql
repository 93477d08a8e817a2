-- Everything that is wrong with an event is told at once, in DETAIL, without a value of the payload.
select eventlog.create_log('public.events', require_tenant => false, max_payload_bytes => 200);
select eventlog.register_event_type('task_completed', required => '{step_id,minutes}');
select eventlog.register_event_type('strict', required => '{a/b,c~d,ä}', entity_types => '{task,"a \"thing\""}',
    actor_types => '{user}');
select eventlog.register_event_type('small', max_payload_bytes => 60);
select eventlog.register_event_type('big', max_payload_bytes => 4000);
select eventlog.register_event_type('gone');
select eventlog.retire_event_type('gone');

-- types
select eventlog.log_event('no_such_type');
select eventlog.log_event('task_complete');
select eventlog.log_event('Task_Completed');
select eventlog.log_event('gone');
select eventlog.log_event('task_completed', version => 9);
select eventlog.log_event('task_completed', version => 0);

-- required keys: null is a value, paths are JSON Pointers
select eventlog.log_event('task_completed', '{}');
select eventlog.log_event('task_completed', '{"step_id": null, "minutes": null}') is not null;
select eventlog.log_event('task_completed', '{"Step_id": 1, "step": {"step_id": 1}, "minutes": 1}');
select eventlog.log_event('strict', '{}', entity_type => 'task', actor_type => 'user');
select eventlog.log_event('strict', '{"a/b": 1, "c~d": 2, "ä": 4}', entity_type => 'a "thing"',
    actor_type => 'user') is not null;

-- entity and actor types; none is not one of them
select eventlog.log_event('strict', '{"a/b": 1, "c~d": 2, "ä": 4}', entity_type => 'tusk', actor_type => 'User');
select eventlog.log_event('strict', '{"a/b": 1, "c~d": 2, "ä": 4}');

-- no objects
select eventlog.log_event('task_completed', '[]');
select eventlog.log_event('task_completed', '[{"step_id": 1, "minutes": 2}]');
select eventlog.log_event('task_completed', '"step_id"');
select eventlog.log_event('task_completed', '7');
select eventlog.log_event('task_completed', 'true');
select eventlog.log_event('task_completed', 'null');
select eventlog.log_event('small', context => '[]');
select eventlog.log_event('small', context => 'null');

-- sizes, of the value as stored; nothing reads what is too large
select pg_column_size(jsonb_build_object('k', repeat('x', 43))) as at_the_limit;
select eventlog.log_event('small', jsonb_build_object('k', repeat('x', 43))) is not null;
select eventlog.log_event('small', jsonb_build_object('k', repeat('x', 44)));
select eventlog.log_event('task_completed', jsonb_build_object('k', repeat('x', 1000)));
select eventlog.log_event('big', jsonb_build_object('k', repeat('x', 1000))) is not null;
select eventlog.log_event('big', context => jsonb_build_object('k', repeat('x', 5000)));
select eventlog.log_event('big', jsonb_build_object('k', repeat('x', 5000)), context => jsonb_build_object('k', repeat('x', 5000)));

-- lengths
select eventlog.log_event(repeat('x', 10000));
select eventlog.log_event(repeat('ä', 256));
select eventlog.log_event('big', entity_type => repeat('x', 513), entity_id => repeat('ä', 257),
    actor_type => repeat('x', 513), actor_id => repeat('x', 513), source_type => repeat('x', 513),
    source_id => repeat('x', 513), correlation_id => repeat('x', 513), causation_id => repeat('x', 513),
    idempotency_key => repeat('x', 513));
select eventlog.log_event('big', entity_id => repeat('ä', 256), idempotency_key => repeat('x', 512)) is not null;

-- all of it at once
select eventlog.log_event('strict', '{"secret": "4111 1111 1111 1111"}', entity_type => repeat('e', 600), context => '7');
select count(*) from public.events;
