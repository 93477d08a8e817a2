-- What could never be a transition rule is refused when it is made, and so is one that the past breaks.
select eventlog.create_log('public.events', tenant_type => 'text', require_tenant => false, unregistered => 'allow');
select eventlog.add_transition_rule(null, 'order', '{"": ["a"]}');
select eventlog.add_transition_rule('r', null, '{"": ["a"]}');
select eventlog.add_transition_rule('r', '', '{"": ["a"]}');
select eventlog.add_transition_rule('r', 'order', null);
select eventlog.add_transition_rule('r', 'order', '[]');
select eventlog.add_transition_rule('r', 'order', '{}');
select eventlog.add_transition_rule('r', 'order', '{"": "a"}');
select eventlog.add_transition_rule('r', 'order', '{"": ["a"], "a": [""]}');
select eventlog.add_transition_rule('r', 'order', '{"a": ["b"]}');
select eventlog.add_transition_rule('r', 'order', '{"": ["a"]}', path => '');
select eventlog.add_transition_rule('r', 'order', '{"": ["a"]}', path => '$.payload.');
select eventlog.add_transition_rule('r', 'order', '{"": ["a"]}', path => '$.seq');
select eventlog.add_transition_rule('r', 'order', '{"": ["a"]}', path => '$.*');
select eventlog.add_transition_rule('r', 'order', '{"": ["a"]}', path => '$.payload.a ? (@ > $x)');
select eventlog.add_transition_rule('r', 'order', '{"": ["a"]}', types => '{}');
select eventlog.add_transition_rule('r', 'order', '{"": ["a"]}', types => array[null]::text[]);
select eventlog.add_transition_rule('r', 'order', '{"": ["a"]}', existing => 'forget');
select eventlog.add_transition_rule('r', 'order', '{"": ["a"]}', existing => null);
begin isolation level repeatable read;
select eventlog.add_transition_rule('r', 'order', '{"": ["a"]}');
rollback;
-- History that breaks it, and history that does not.
select count(eventlog.log_event(type, entity_type => 'order', entity_id => id)) from (values ('a', 1), ('b', 1), ('b', 2), ('x', 2), ('a', 1)) e (type, id);
select eventlog.add_transition_rule('r', 'order', '{"": ["a"], "a": ["b"]}');
select name from eventlog.event_rules;
select to_regclass('public.events_state');
select eventlog.add_transition_rule('r', 'order', '{"": ["a", "b"], "a": ["b"], "b": ["a"]}');
select entity_id, state from public.events_state order by entity_id;
-- Made anew, it reads history anew.
select eventlog.add_transition_rule('r', 'order', '{"": ["a"]}');
select eventlog.add_transition_rule('r', 'order', '{"": ["a"], "a": ["b"]}', existing => 'ignore');
select eventlog.log_event('a', entity_type => 'order', entity_id => 2);
select eventlog.log_event('b', entity_type => 'order', entity_id => 1) is not null as logged;
-- A name is one rule's, of one kind.
select eventlog.add_check_rule('r', 'a', '1 == 1');
-- The table is lost, and comes back.
drop table public.events_state;
select eventlog.log_event('a', entity_type => 'order', entity_id => 5);
select severity, object, finding, remedy from eventlog.doctor() where finding ~ 'rule';
select * from eventlog.repair_log('public.events');
select entity_id, state from public.events_state order by entity_id;
truncate public.events_state;
select * from eventlog.repair_log('public.events');
select * from eventlog.repair_log('public.events');
alter table public.events_state rename to elsewhere;
select eventlog.log_event('a', entity_type => 'order', entity_id => 5) is not null as logged;
-- The log goes to somebody else, with its states.
create role regress_rules_owner;
alter table public.events owner to regress_rules_owner;
alter table public.events_key owner to regress_rules_owner;
alter table public.events_rejected owner to regress_rules_owner;
grant create on schema public to regress_rules_owner;
select eventlog.log_event('b', entity_type => 'order', entity_id => 5);
select * from eventlog.repair_log('public.events');
select eventlog.log_event('b', entity_type => 'order', entity_id => 5) is not null as logged;
-- Exported, and imported into a log of its own.
select eventlog.export_taxonomy();
select eventlog.create_log('public.other', tenant_type => 'text', require_tenant => false, unregistered => 'allow');
select eventlog.import_taxonomy(eventlog.export_taxonomy('public.events'), 'public.other');
select eventlog.log_event('b', entity_type => 'order', entity_id => 5, log => 'public.other');
select eventlog.log_event('a', entity_type => 'order', entity_id => 5, log => 'public.other') is not null as logged;
drop table public.other;
select to_regclass('public.other_state');
select eventlog.forget_log(log_id) from eventlog.log where relation::oid not in (select oid from pg_class);
select to_regclass('public.other_state');
-- The catalogue goes and comes back.
drop extension pg_eventlog cascade;
create extension pg_eventlog;
select * from eventlog.repair_log('public.events') where repair_log ~ 'rule|state';
select name, transitions from eventlog.event_rules;
select eventlog.log_event('b', entity_type => 'order', entity_id => 5, log => 'public.events');
