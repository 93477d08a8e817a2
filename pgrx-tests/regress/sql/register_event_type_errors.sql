-- What the functions of the taxonomy refuse.
select eventlog.register_event_type('x');
select eventlog.create_log('public.events', require_tenant => false);
select eventlog.register_event_type(null);
select eventlog.register_event_type('');
select eventlog.register_event_type(repeat('x', 256));
select eventlog.register_event_type('x', required => null);
select eventlog.register_event_type('x', required => '{a,null}');
select eventlog.register_event_type('x', required => '{""}');
select eventlog.register_event_type('x', required => '{a,b,a}');
select eventlog.register_event_type('x', optional => null);
select eventlog.register_event_type('x', optional => '{null}');
select eventlog.register_event_type('x', required => '{a}', optional => '{a}');
select eventlog.register_event_type('x', version => 0);
select eventlog.register_event_type('x', version => -1);
select eventlog.register_event_type('x', max_payload_bytes => 0);
select eventlog.register_event_type('x', entity_types => '{}');
select eventlog.register_event_type('x', entity_types => '{null}');
select eventlog.register_event_type('x', actor_types => '{a,null}');
select eventlog.retire_event_type('nothing');
select eventlog.retire_event_type(null);
select eventlog.set_default_version('nothing', 1);
select eventlog.set_default_version('x', 9);
select eventlog.set_default_version('x', null);
select type, versions from eventlog.event_types;

-- Only the log's owner sets its rules; everyone may read them.
create role regress_register_guest;
set role regress_register_guest;
select eventlog.register_event_type('y');
select eventlog.retire_event_type('x');
select eventlog.set_default_version('x', 1);
select * from eventlog.import_taxonomy('{"types": []}');
insert into eventlog.event_type (log_id, type, version, is_default, registered_by)
select log_id, 'y', 1, true, 'me' from eventlog.log;
select type from eventlog.event_types;
reset role;
drop role regress_register_guest;
