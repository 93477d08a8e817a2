-- Check rules: an SQL/JSON path that is true of each event of a type.
select eventlog.create_log('public.events', tenant_type => 'bigint', require_tenant => false, max_payload_bytes => 500);
alter table public.events add column region text default 'eu';
select eventlog.register_event_type('paid', required => '{currency}', optional => '{amount}');
select eventlog.register_event_type('other');
select eventlog.add_check_rule('positive', 'paid', '!exists($.payload.amount) || $.payload.amount > 0', 'amounts are positive');
select log, name, kind, type, predicate, message, made_by = current_user as own from eventlog.event_rules;
select eventlog.log_event('paid', '{"currency": "CHF", "amount": 1}') is not null as logged;
select eventlog.log_event('paid', '{"currency": "CHF"}') is not null as logged;
-- Another type is not asked, nor is an event that breaks its contract.
select eventlog.log_event('other', '{"amount": -1}') is not null as logged;
select eventlog.log_event('paid', '{"amount": -1}');
select eventlog.log_event('paid', '{"currency": "CHF", "amount": -1}');
select eventlog.log_event('paid', '{"currency": "CHF", "amount": 0}');
-- Neither true nor false.
select eventlog.log_event('paid', '{"currency": "CHF", "amount": "one"}');
select eventlog.log_event('paid', '{"currency": "CHF", "amount": null}');
-- What is asked of the payload alone, validate_event asks, too.
select * from eventlog.validate_event('paid', '{"currency": "CHF", "amount": -1}');
select * from eventlog.validate_event('paid', '{"currency": "CHF", "amount": 2}');

-- Several rules: all that are broken are told, in the order of their names. A type's rules ask for what they need.
select eventlog.add_check_rule('by_a_person', 'paid', '$.actor_type == "user" || $.payload.amount < 100');
select eventlog.add_check_rule('from_a_page', 'paid', 'exists($.context.page)', 'pages are known');
select eventlog.log_event('paid', '{"currency": "CHF", "amount": 1000}');
select eventlog.log_event('paid', '{"currency": "CHF", "amount": 1000}', actor_type => 'user', context => '{"page": "/"}') is not null as logged;
select * from eventlog.validate_event('paid', '{"currency": "CHF", "amount": 1000}');

-- One of that name is replaced.
select eventlog.add_check_rule('from_a_page', 'other', '$.tenant_id == "7" && $.region == "eu" && $.version == 1 && $.type == "other"');
select eventlog.add_check_rule('from_a_page', 'other', '$.tenant_id == "7" && $.region == "eu" && $.version == 1 && $.type == "other"');
select eventlog.log_event('paid', '{"currency": "CHF", "amount": 1}') is not null as logged;
select eventlog.log_event('other', tenant_id => 7) is not null as logged;
select eventlog.log_event('other', tenant_id => 8);
select eventlog.log_event('other');
-- A path that asks for anything gets the whole event.
select eventlog.add_check_rule('from_a_page', 'other', '$.* == "eu" && exists($.keyvalue() ? (@.key == "recorded_at" && @.value starts with "20"))');
select eventlog.log_event('other') is not null as logged;
select eventlog.add_check_rule('from_a_page', 'other', 'exists($.id) && exists($.seq) && exists($.xid) && $.origin != 0 && $.occurred_at == $.recorded_at');
select eventlog.log_event('other') is not null as logged;
-- A payload is not confused with the event, nor a text with a path.
select eventlog.add_check_rule('from_a_page', 'other', '!($.payload.text == "$.payload.text") && $.payload.payload == 1');
select eventlog.log_event('other', '{"payload": 1, "text": "x"}') is not null as logged;
select eventlog.log_event('other', '{"payload": 1, "text": "$.payload.text"}');
select eventlog.log_event('other', '{"payload": {"payload": 1}}');

-- One that fails refuses the event.
select eventlog.add_check_rule('from_a_page', 'other', '!exists($.payload.from) || $.payload.from.datetime() < $.payload.until.datetime()');
select eventlog.log_event('other', '{"from": "2020-01-01", "until": "2020-01-02"}') is not null as logged;
select eventlog.log_event('other', '{"from": "2020-01-02", "until": "2020-01-01"}');
select eventlog.log_event('other', '{"from": "2020-01-01", "until": "2020-01-02 00:00:00+00"}');
select * from eventlog.log_events('[{"type": "other"}, {"type": "other", "payload": {"from": "2020-01-01", "until": "2020-01-02 00:00:00+00"}}]');
select * from eventlog.validate_event('other', '{"from": "2020-01-01", "until": "2020-01-02 00:00:00+00"}');

-- What is asked no more.
select eventlog.remove_event_rule('from_a_page');
select eventlog.remove_event_rule('from_a_page');
select eventlog.remove_event_rule('by_a_person', log => 'public.events');
select eventlog.log_event('other', '{"from": "2020-01-02", "until": "2020-01-01"}') is not null as logged;
select eventlog.remove_event_rule('positive');
select eventlog.log_event('paid', '{"currency": "CHF", "amount": -1}') is not null as logged;
select * from eventlog.event_rules;
select action, object, detail from eventlog.admin_log where action ~ 'rule' order by at;
