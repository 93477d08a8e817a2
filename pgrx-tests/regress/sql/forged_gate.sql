-- Anyone can hang the gate, with the id of another one's log, on a table of their own: it makes nobody owner of that log.
select eventlog.create_log('public.events', require_tenant => false);
select eventlog.register_event_type('good', required => '{amount}');
select eventlog.register_event_type('good', required => '{amount,currency}');
select log_id from eventlog.log \gset
create role regress_forger;
create schema forger authorization regress_forger;
grant select on public.events to regress_forger;
set role regress_forger;
create table forger.trap (like public.events including all);
create trigger eventlog_gate before insert on forger.trap for each row execute function eventlog.gate(:'log_id');
select eventlog.retire_event_type('good', 'forger.trap');
select eventlog.register_event_type('evil', log => 'forger.trap');
select * from eventlog.import_taxonomy('{"types": [{"type": "good", "status": "retired"}]}', 'forger.trap');
select eventlog.set_default_version('good', 2, 'forger.trap');
select eventlog.set_default_log('forger.trap');
select eventlog.repair_log('forger.trap');
select eventlog.forget_log(:'log_id');
-- The same on the forger's own log, whose gate was changed.
select eventlog.create_log('forger.log', require_tenant => false);
drop trigger eventlog_gate on forger.log;
create trigger eventlog_gate before insert on forger.log for each row execute function eventlog.gate(:'log_id');
select eventlog.retire_event_type('good', 'forger.log');
select eventlog.register_event_type('evil', log => 'forger.log');
select eventlog.set_default_log('forger.log');
select eventlog.repair_log('forger.log');
-- And with a gate beside the first one.
drop trigger eventlog_gate on forger.log;
select eventlog.repair_log('forger.log');
create trigger zz_gate before insert on forger.log for each row execute function eventlog.gate(:'log_id');
select eventlog.register_event_type('evil', log => 'forger.log');
drop trigger zz_gate on forger.log;

-- The forger may protect the forger's table, and that is on record as such, not as the log's.
select eventlog.make_append_only('forger.trap');
select eventlog.release_append_only('forger.trap');
-- Reading what everyone may read, and writing to the forger's own table, is all that it is good for.
select eventlog.log_event('good', log => 'forger.trap');
insert into forger.trap (type, payload, xid) values ('good', '{"amount": 1}', '1');
insert into forger.trap (type, payload, idempotency_key) values ('good', '{"amount": 1}', 'k');
select * from eventlog.validate_event('good', '{}', log => 'forger.trap');
reset role;
select type, version, status, is_default, registered_by = current_user as by_its_owner
from eventlog.event_type where log_id = :'log_id' order by version;
select action, object from eventlog.admin_log where log_id = :'log_id' order by at;
select action, object, log_id is null as of_no_log from eventlog.admin_log where role = 'regress_forger' order by at;
select relation, is_default, created_by = current_user as by_its_owner from eventlog.log where log_id = :'log_id';
select (select count(*) from public.events) as events, (select count(*) from public.events_key) as keys;
drop owned by regress_forger cascade;
drop role regress_forger;
