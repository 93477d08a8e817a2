-- What read_events gives, and what it refuses.
select eventlog.create_log('public.events', require_tenant => false, unregistered => 'allow');
select eventlog.create_log('public.others', require_tenant => false, unregistered => 'allow');
select eventlog.log_event('order_paid', '{"n": 1}', entity_type => 'order', entity_id => 1, log => 'events');
select eventlog.log_event('order_sent', '{"n": 2}', entity_type => 'order', entity_id => 2, log => 'events');
select eventlog.log_event('note', '{"n": 3}', entity_type => 'customer', entity_id => 1, log => 'events');
select eventlog.log_event('order_sent', '{"n": 4}', entity_type => 'order', entity_id => 1, log => 'events');
\pset null (null)
select type, entity_id, payload, length("position") > 40 as "position" from eventlog.read_events('start', log => 'events');
-- The last row says where to go on, also when nothing came.
select id, payload, length("position") > 40 as "position" from eventlog.read_events(log => 'events');

-- Each row says where its reader is behind it.
select "position" as second from eventlog.read_events('start', 2, log => 'events') where payload @> '{"n": 2}' \gset
select payload from eventlog.read_events(:'second', log => 'events');
select "position" as last from eventlog.read_events('start', 3, log => 'events') where id is null \gset
select payload from eventlog.read_events(:'last', log => 'events');
-- And, by a number, that there is more.
select id is null as last, seq is null as present from eventlog.read_events('start', 3, log => 'events');
select id is null as last, seq is null as present from eventlog.read_events(:'last', log => 'events');

-- What is wanted.
select payload from eventlog.read_events('start', types => '{note,order_paid}', log => 'events');
select payload from eventlog.read_events('start', pattern => 'order_', pattern_kind => 'prefix', log => 'events');
select payload from eventlog.read_events('start', pattern => '.*sent', pattern_kind => 'regex', log => 'events');
select payload from eventlog.read_events('start', entity_type => 'order', entity_id => 1, log => 'events');
select payload from eventlog.read_events('start', entity_type => 'order', log => 'events');
select payload from eventlog.read_events('start', entity_id => 1, log => 'events');
select payload from eventlog.read_events('start', max_bytes => 1, log => 'events');
select count(*) from eventlog.read_events((now() - interval '1 hour')::text, log => 'events');
select count(*) from eventlog.read_events((now() + interval '1 hour')::text, log => 'events');
select count(*) from eventlog.read_events('-infinity', log => 'events');

-- It writes nothing.
begin transaction read only;
select count(*) from eventlog.read_events('start', log => 'events');
select pg_current_xact_id_if_assigned();
commit;

-- What it refuses.
select * from eventlog.read_events(null, log => 'events');
select * from eventlog.read_events('start', null, log => 'events');
select * from eventlog.read_events('start', 0, log => 'events');
select * from eventlog.read_events('start', max_bytes => 0, log => 'events');
select * from eventlog.read_events('start', pattern => 'a', pattern_kind => 'like', log => 'events');
select * from eventlog.read_events('start', pattern => '(', pattern_kind => 'regex', log => 'events');
select * from eventlog.read_events('start', types => '{a,NULL}', log => 'events');
select * from eventlog.read_events('yesterday or so', log => 'events');
select * from eventlog.read_events('infinity', log => 'events');
select * from eventlog.read_events('', log => 'events');
-- Damaged, and of another log.
\set VERBOSITY sqlstate
select * from eventlog.read_events(overlay(:'last' placing 'AAAA' from 30), log => 'events');
\set VERBOSITY default
select * from eventlog.read_events(:'last', log => 'others');
create role regress_re_nobody;
set role regress_re_nobody;
select * from eventlog.read_events('start', log => 'events');
