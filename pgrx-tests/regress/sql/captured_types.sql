-- The types of a tracked table are captured: nobody but the log's owner writes them by hand.
create role regress_captured_owner;
create role regress_captured_writer;
grant create on schema public to regress_captured_owner;
set role regress_captured_owner;
select from eventlog.create_log('public.events', tenant_type => 'text', require_tenant => false, unregistered => 'allow');
select from eventlog.create_event_view('public.seen', 'events', '{"kind": "type", "data": "payload", "what": "entity_type"}');
grant insert, select on public.events, public.seen to regress_captured_writer;
grant insert, select on public.events_key to regress_captured_writer;
create table public.items (id int primary key, v text);
-- Before the tracking, the types are like any others.
set role regress_captured_writer;
select eventlog.log_event('items.updated', log => 'events') is not null as written;
set role regress_captured_owner;
select from eventlog.track_changes('items', log => 'events');

set role regress_captured_writer;
select eventlog.log_event('items.created', log => 'events');
select eventlog.log_event('items.updated', log => 'events');
select eventlog.log_event('items.state_changed', log => 'events');
select eventlog.log_event('items.deleted', log => 'events');
select eventlog.log_event('items.deleted', entity_type => 'other', version => 7, idempotency_key => 'k', log => 'events');
select * from eventlog.log_events('[{"type": "items.sold"}, {"type": "items.updated"}]', 'events');
select eventlog.emit_change('updated', 'items', 1, '{"v": 1}', '{"v": 2}', log => 'events');
insert into public.events (type, payload) values ('items.updated', '{}');
insert into public.events (type, payload) select t, '{}' from unnest('{items.sold,items.created}'::text[]) t;
insert into public.seen (kind, data) values ('items.updated', '{}');
copy public.events (type, payload) from stdin;
items.deleted	{}
\.
select * from eventlog.validate_event('items.updated', '{}', log => 'events');
-- Others of the same entity, and names that only look alike, are written as ever.
select eventlog.log_event(t, entity_type => 'items', entity_id => 1, log => 'events') is not null as written
from unnest('{items.sold,Items.updated,items.updated2,items.,updated,x.items.updated}'::text[]) t;
select * from eventlog.validate_event('items.sold', '{}', log => 'events');

-- The owner may write them, and then the taxonomy and the log's limits hold as for any other event.
set role regress_captured_owner;
select * from eventlog.validate_event('items.updated', '{}', log => 'events');
select eventlog.log_event('items.updated', '{"by": "hand"}', log => 'events') is not null as written;
select eventlog.log_event('items.updated', jsonb_build_object('v', repeat('x', 3000)), log => 'events');
select eventlog.register_event_type('items.updated', required => '{why}', entity_types => '{thing}', log => 'events');
select eventlog.log_event('items.updated', '{"by": "hand"}', log => 'events');
select * from eventlog.validate_event('items.updated', '{}', log => 'events');
-- They do not for what is captured, whose shape is its own and whose size that of the row.
insert into public.items values (1, repeat('x', 100000));
update public.items set v = 'y';
select eventlog.retire_event_type('items.updated', 'events');
update public.items set v = 'z';
select eventlog.register_event_type('items.updated', version => 3, log => 'events');
select eventlog.set_default_version('items.updated', 3, 'events');
update public.items set v = 'w';
select type, version, left(payload::text, 40) as payload from public.events where entity_type = 'items' and entity_id = '1' order by seq;
-- What is registered shows and is exported; what is captured besides is not.
select type, versions from eventlog.event_types;
select jsonb_array_length(eventlog.export_taxonomy('events') -> 'types') as types;

-- A log that takes no types but its own captures them without knowing them, and suggests none of them.
select from eventlog.create_log('public.strict', tenant_type => 'text', require_tenant => false);
select from eventlog.track_changes('items', log => 'strict');
update public.items set v = 'strict';
select type, version from public.strict;
select eventlog.log_event('items.updated', log => 'strict');
select eventlog.log_event('items.updatd', log => 'strict');

-- With the tracking, this ends too: in the first log at once, as items are tracked into another one.
set role regress_captured_writer;
select eventlog.log_event('items.created', log => 'events') is not null as written;
set role regress_captured_owner;
grant insert on public.strict to regress_captured_writer;
select eventlog.register_event_type('items.updated', log => 'strict');
set role regress_captured_writer;
select eventlog.log_event('items.updated', log => 'strict');
set role regress_captured_owner;
select from eventlog.untrack_changes('items');
set role regress_captured_writer;
select eventlog.log_event('items.updated', log => 'strict') is not null as written;
select eventlog.log_event('items.deleted', log => 'strict');
-- And so does the drop of the table.
set role regress_captured_owner;
select from eventlog.track_changes('items', log => 'strict');
set role regress_captured_writer;
select eventlog.log_event('items.updated', log => 'strict');
set role regress_captured_owner;
drop table public.items;
set role regress_captured_writer;
select eventlog.log_event('items.updated', log => 'strict') is not null as written;
reset role;
drop owned by regress_captured_owner, regress_captured_writer;
drop role regress_captured_owner, regress_captured_writer;
