-- Transition rules: which states may follow on which in the life of an entity.
select eventlog.create_log('public.events', tenant_type => 'text', require_tenant => false, unregistered => 'allow');
-- The event's type is the state; types that are none leave it.
select eventlog.add_transition_rule('order', 'order', '{"": ["placed"], "placed": ["paid", "cancelled"], "paid": ["sent"]}');
select log, name, kind, entity_type, transitions, path, types from eventlog.event_rules;
select eventlog.log_event('placed', entity_type => 'order', entity_id => 1) is not null as logged;
select eventlog.log_event('placed', entity_type => 'order', entity_id => 1);
select eventlog.log_event('sent', entity_type => 'order', entity_id => 1);
select eventlog.log_event('paid', entity_type => 'order', entity_id => 1) is not null as logged;
select eventlog.log_event('noted', entity_type => 'order', entity_id => 1) is not null as logged;
select eventlog.log_event('sent', entity_type => 'order', entity_id => 1) is not null as logged;
select eventlog.log_event('sent', entity_type => 'order', entity_id => 1);
-- Other entities, kinds and tenants have states of their own, and what has no entity has none.
select eventlog.log_event('paid', entity_type => 'order', entity_id => 2);
select eventlog.log_event('placed', entity_type => 'order', entity_id => 1, tenant_id => 'a') is not null as logged;
select eventlog.log_event('paid', entity_type => 'invoice', entity_id => 1) is not null as logged;
select eventlog.log_event('sent', entity_type => 'order') is not null as logged;
select s.tenant_id, s.entity_id, s.rule, s.state, e.type from public.events_state s join public.events e using (seq) order by 1, 2;
-- A batch with several steps of one entity, in its order.
select count(*) from eventlog.log_events('[
    {"type": "placed", "entity_type": "order", "entity_id": 3}, {"type": "placed", "entity_type": "order", "entity_id": 4},
    {"type": "paid", "entity_type": "order", "entity_id": 3}, {"type": "sent", "entity_type": "order", "entity_id": 3}]');
select * from eventlog.log_events('[
    {"type": "paid", "entity_type": "order", "entity_id": 4}, {"type": "paid", "entity_type": "order", "entity_id": 4}]');
select state from public.events_state where entity_id = '4';
-- What is rolled back was no step.
begin;
savepoint one;
select eventlog.log_event('paid', entity_type => 'order', entity_id => 4) is not null as logged;
rollback to one;
select eventlog.log_event('cancelled', entity_type => 'order', entity_id => 4) is not null as logged;
commit;
-- A repetition is no step.
select eventlog.log_event('placed', entity_type => 'order', entity_id => 5, idempotency_key => 'k') is not null as logged;
select eventlog.log_event('placed', entity_type => 'order', entity_id => 5, idempotency_key => 'k') is not null as repeated;
select count(*) from eventlog.log_events('[{"type": "placed", "entity_type": "order", "entity_id": 5, "idempotency_key": "k"},
    {"type": "paid", "entity_type": "order", "entity_id": 5}]');
select state from public.events_state where entity_id = '5';

-- The state by a path of the payload: events without it leave it, and what is no state of the rule is not told.
select eventlog.add_transition_rule('invoice', 'invoice', '{"": ["open"], "open": ["1", "true"]}', path => '$.payload.status');
select eventlog.log_event('any', '{"status": "open"}', entity_type => 'invoice', entity_id => 7) is not null as logged;
select eventlog.log_event('any', '{"status": null, "more": 1}', entity_type => 'invoice', entity_id => 7) is not null as logged;
select eventlog.log_event('any', '{"status": ["open"]}', entity_type => 'invoice', entity_id => 8) is not null as logged;
select eventlog.log_event('any', '{"status": "secret"}', entity_type => 'invoice', entity_id => 7);
select eventlog.log_event('any', '{"status": 1}', entity_type => 'invoice', entity_id => 7) is not null as logged;
select eventlog.log_event('any', '{"status": true}', entity_type => 'invoice', entity_id => 7);
-- Only these types, and two rules about one kind of entity.
select eventlog.add_transition_rule('mood', 'invoice', '{"": ["good"], "good": ["bad"]}', path => '$.context.mood', types => '{told}');
select eventlog.log_event('any', '{}', entity_type => 'invoice', entity_id => 9, context => '{"mood": "odd"}') is not null as logged;
select eventlog.log_event('told', '{"status": "odd"}', entity_type => 'invoice', entity_id => 9, context => '{"mood": "odd"}');
select eventlog.log_event('told', '{"status": "open"}', entity_type => 'invoice', entity_id => 9, context => '{"mood": "good"}') is not null as logged;
select rule, state from public.events_state where entity_id = '9' order by rule;
-- It belongs to the owner alone, and goes with the last of the rules.
select relacl from pg_class where relname = 'events_state';
select eventlog.remove_event_rule('mood');
select distinct rule from public.events_state order by 1;
select eventlog.remove_event_rule('order');
select eventlog.remove_event_rule('invoice');
select to_regclass('public.events_state');
select eventlog.log_event('sent', entity_type => 'order', entity_id => 77) is not null as logged;
select action, object, detail from eventlog.admin_log where action ~ 'rule' and object = 'mood' order by at;
