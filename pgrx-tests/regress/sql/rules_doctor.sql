-- doctor() tells of rules that are never asked, as the log does not take such events.
select eventlog.create_log('public.events', require_tenant => false, tenant_type => 'text');
select eventlog.register_event_type('paid');
create table public.things (id int primary key, state text);
select eventlog.track_changes('public.things', entity_type => 'thing', state_column => 'state');
select eventlog.add_check_rule('a', 'paid', '1 == 1');
select eventlog.add_check_rule('b', 'piad', '1 == 1');
select eventlog.add_check_rule('c', 'thing.state_changed', '1 == 1');
select severity, object, finding, remedy from eventlog.doctor() where finding ~ 'rule';
select eventlog.retire_event_type('paid');
select severity, object, finding, remedy from eventlog.doctor() where finding ~ 'rule';
