-- unregistered => 'allow' lets types pass that the taxonomy does not know; all other rules hold.
select eventlog.create_log('public.events', require_tenant => false, unregistered => 'allow', max_payload_bytes => 100);
select eventlog.register_event_type('paid', required => '{amount}');
select eventlog.log_event('anything', '{"a": 1}') is not null;
insert into public.events (type, payload) values ('anything else', '{}');
select eventlog.log_event('paid', '{}');
select eventlog.log_event('paid', '{"amount": 1}', version => 2);
select eventlog.log_event('anything', '[]');
select eventlog.log_event('anything', jsonb_build_object('k', repeat('x', 100)));
select eventlog.log_event('anything', context => '7');
select eventlog.log_event(repeat('x', 256));
select eventlog.log_event('anything', entity_id => repeat('x', 513));
select eventlog.log_event('');
insert into public.events (type, payload) values ('', '{}');
select * from eventlog.validate_event('anything', '{}');
select * from eventlog.validate_event('anything', '[]');
select type, version from public.events order by seq;
