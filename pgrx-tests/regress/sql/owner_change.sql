-- A log that was given to another owner goes on, and repair_log gives that role the rest of it.
create role regress_owner_old;
create role regress_owner_new;
create schema app;
grant all on schema app to regress_owner_old, regress_owner_new;
set role regress_owner_old;
select eventlog.create_log('app.events', require_tenant => false, unregistered => 'allow', partition_interval => '1 month');
select eventlog.log_event('x', log => 'app.events', idempotency_key => 'k') as first \gset
reset role;
alter table app.events owner to regress_owner_new;
set role regress_owner_new;
select eventlog.log_event('x', log => 'app.events') is not null;
select eventlog.log_event('x', log => 'app.events', idempotency_key => 'k');
-- The new owner has not got the keys yet: whoever made the log could have written any. Nobody's repair takes them.
select eventlog.repair_log('app.events');
reset role;
select eventlog.repair_log('app.events');
alter table app.events_key owner to regress_owner_new;
alter table app.events_rejected owner to regress_owner_new;
select eventlog.repair_log('app.events');
select relname !~ '_p\d' as fixed, count(*), min(relowner::regrole::text) as owner, count(distinct relowner) as owners
from pg_class where relnamespace = 'app'::regnamespace and relkind in ('r', 'p', 'S') and relname ~ 'key|seq|events$' group by 1;
set role regress_owner_new;
select eventlog.log_event('x', log => 'app.events', idempotency_key => 'k') = :'first' as same;
select eventlog.log_event('x', log => 'app.events', idempotency_key => 'k2') is not null;
select eventlog.register_event_type('paid', log => 'app.events');
select eventlog.repair_log('app.events');
set role regress_owner_old;
select eventlog.register_event_type('lost', log => 'app.events');
select eventlog.repair_log('app.events');
select eventlog.log_event('x', log => 'app.events');
insert into app.events_key (key, event_id) values ('k3', '11111111-1111-4111-8111-111111111111');
reset role;
drop owned by regress_owner_old, regress_owner_new cascade;
drop role regress_owner_old, regress_owner_new;
