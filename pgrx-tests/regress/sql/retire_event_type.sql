-- A retired type takes no further events; its old ones stay, and registering it again revives it.
select eventlog.create_log('public.events', require_tenant => false);
select eventlog.register_event_type('x', required => '{a}');
select eventlog.register_event_type('x', required => '{b}');
select eventlog.log_event('x', '{"a": 1}') is not null;
select eventlog.retire_event_type('x');
select eventlog.log_event('x', '{"a": 1}');
select eventlog.log_event('x', '{"b": 1}', version => 2);
select * from eventlog.validate_event('x', '{"a": 1}');
select type, default_version, versions, status from eventlog.event_types;
select eventlog.retire_event_type('x');
select count(*) from public.events;
select eventlog.register_event_type('x', required => '{a}');
select status from eventlog.event_types;
select eventlog.log_event('x', '{"a": 1}') is not null;

-- Where unknown types may pass, a retired one still may not.
select eventlog.create_log('public.open', require_tenant => false, unregistered => 'allow');
select eventlog.register_event_type('x', log => 'open');
select eventlog.retire_event_type('x', log => 'open');
select eventlog.log_event('x', log => 'open');
