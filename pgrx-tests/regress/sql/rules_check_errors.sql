-- What could never be a rule is refused when it is made.
select eventlog.create_log('public.events', require_tenant => false, unregistered => 'allow');
select eventlog.add_check_rule(null, 'paid', '$.payload.a > 0');
select eventlog.add_check_rule('', 'paid', '$.payload.a > 0');
select eventlog.add_check_rule(repeat('x', 201), 'paid', '$.payload.a > 0');
select eventlog.add_check_rule(E'a\nb', 'paid', '$.payload.a > 0');
select eventlog.add_check_rule('a', null, '$.payload.a > 0');
select eventlog.add_check_rule('a', '', '$.payload.a > 0');
select eventlog.add_check_rule('a', repeat('x', 256), '$.payload.a > 0');
select eventlog.add_check_rule('a', 'paid', null);
select eventlog.add_check_rule('a', 'paid', '');
select eventlog.add_check_rule('a', 'paid', repeat(' ', 4001));
select eventlog.add_check_rule('a', 'paid', '$.payload.a > 0', '');
-- Paths that are none.
select eventlog.add_check_rule('a', 'paid', '$.payload.a >');
select eventlog.add_check_rule('a', 'paid', '@.payload.a > 0');
select eventlog.add_check_rule('a', 'paid', '$.payload.a like_regex "("');
-- Nobody gives a variable its value.
select eventlog.add_check_rule('a', 'paid', '$.payload.a > $limit');
-- No events have that.
select eventlog.add_check_rule('a', 'paid', '$.paylod.a > 0');
select eventlog.add_check_rule('a', 'paid', '$.a > 0');
-- No boolean, or more than one value.
select eventlog.add_check_rule('a', 'paid', '$.payload.a');
select eventlog.add_check_rule('a', 'paid', '$');
select eventlog.add_check_rule('a', 'paid', '1');
select eventlog.add_check_rule('a', 'paid', 'strict $.payload.a');
-- One that fails for every event.
select eventlog.add_check_rule('a', 'paid', '$.occurred_at.datetime() > "2020-01-01".datetime()');
-- These decide.
select eventlog.add_check_rule('a', 'paid', 'strict $.payload.a > 0');
select eventlog.add_check_rule('b', 'paid', 'null');
select eventlog.add_check_rule('c', 'paid', '$.payload.a like_regex "^x" flag "i"');
select name, predicate from eventlog.event_rules;
select eventlog.log_event('paid', '{"a": "x"}');
select eventlog.remove_event_rule(null);
select eventlog.remove_event_rule('none');
-- Of somebody else's log.
create role regress_rules_stranger;
set role regress_rules_stranger;
select eventlog.add_check_rule('d', 'paid', '$.payload.a > 0', log => 'public.events');
select eventlog.remove_event_rule('a', log => 'public.events');
select name from eventlog.event_rules;
insert into eventlog.event_rule (log_id, name, kind, type, predicate, made_by)
select log_id, 'd', 'check', 'paid', '$.payload.a > 0', 'me' from eventlog.log;
reset role;
grant insert on eventlog.event_rule to regress_rules_stranger;
set role regress_rules_stranger;
insert into eventlog.event_rule (log_id, name, kind, type, predicate, made_by)
select log_id, 'd', 'check', 'paid', '$.payload.a > 0', 'me' from eventlog.log;
reset role;
revoke insert on eventlog.event_rule from regress_rules_stranger;
drop role regress_rules_stranger;
