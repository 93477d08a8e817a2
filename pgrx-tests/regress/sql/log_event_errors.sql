-- Bad arguments of log_event: clear errors, nothing written.
select eventlog.create_log('public.events');
select eventlog.register_event_type('paid');
\set tenant '\'11111111-1111-4111-8111-111111111111\''
select eventlog.log_event();
select eventlog.log_event(null, '{}', :tenant);
select eventlog.log_event(type => null);
select eventlog.log_event('', '{}', :tenant);
select eventlog.log_event(repeat('x', 10000), '{}', :tenant);
select eventlog.log_event('paid', null, :tenant);
select eventlog.log_event('paid', 'not json', :tenant);
select eventlog.log_event('paid', '{}', 'not a uuid');
select eventlog.log_event('paid', '{}');
select eventlog.log_event('paid', '{}', null);
select eventlog.log_event('paid', '{}', :tenant, idempotency_key => '');
select eventlog.log_event('paid', '{}', :tenant, version => 0);
select eventlog.log_event('paid', '{}', :tenant, version => -2147483648);
select eventlog.log_event('paid', '{}', :tenant, log => 'nothing');
select eventlog.log_event('paid', '{}', :tenant, log => 'events_pkey');
select eventlog.log_event('paid', '{}', :tenant, log => 0);
select eventlog.log_event('paid', '{}', :tenant, log => 'events_key');
select eventlog.log_event('paid', '{}', :tenant, entity_id => 1.5);
select count(*) from public.events;
select count(*) from public.events_key;

-- A read-only transaction writes nothing either.
begin read only;
select eventlog.log_event('paid', '{}', :tenant);
rollback;

-- Nor does one who may not.
create role regress_log_event_guest;
set role regress_log_event_guest;
select eventlog.log_event('paid', '{}', :tenant);
select eventlog.log_events('[]');
reset role;
drop role regress_log_event_guest;
select count(*) from public.events;
