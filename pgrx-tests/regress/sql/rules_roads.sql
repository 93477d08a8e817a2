-- Whichever way an event comes, it meets the checks of its type.
select eventlog.create_log('public.events', tenant_type => 'text', require_tenant => false, unregistered => 'allow');
select eventlog.create_log('public.parted', tenant_type => 'text', require_tenant => false, unregistered => 'allow', partition_interval => '1 month');
select eventlog.add_check_rule('small', 'paid', '$.payload.amount < 10', log => log)
from (values ('public.events'::regclass), ('public.parted')) logs (log);
-- One, on either road, and many, whose place is told.
select eventlog.log_event('paid', '{"amount": 10}');
set eventlog.straight = off;
select eventlog.log_event('paid', '{"amount": 10}');
reset eventlog.straight;
select * from eventlog.log_events('[{"type": "paid", "payload": {"amount": 1}}, {"type": "paid", "payload": {"amount": 10}}]');
select eventlog.log_event('paid', '{"amount": 10}', log => 'public.parted');
-- By plain inserts, and by COPY.
insert into public.events (type, payload, version, context) values ('paid', '{"amount": 10}', 1, '{}');
insert into public.parted (type, payload, version, context) values ('paid', '{"amount": 10}', 1, '{}');
insert into public.events (type, payload, version, context) values ('paid', '{"amount": 1}', 1, '{}');
insert into public.parted (type, payload, version, context) values ('paid', '{"amount": 1}', 1, '{}');
copy public.events (type, payload, version, context) from stdin;
paid	{"amount": 10}	1	{}
\.
-- A key of a refused event is free again.
select eventlog.log_event('paid', '{"amount": 10}', idempotency_key => 'k');
select eventlog.log_event('paid', '{"amount": 1}', idempotency_key => 'k') is not null as logged;
-- A repetition is no event, whatever the rule says by now.
select eventlog.add_check_rule('small', 'paid', '$.payload.amount < 1');
select eventlog.log_event('paid', '{"amount": 1}', idempotency_key => 'k') is not null as repeated;
-- What is captured.
create table public.things (id int primary key, amount int);
select eventlog.track_changes('public.things', entity_type => 'thing');
select eventlog.add_check_rule('rising', 'thing.updated', '$.payload.changes.amount.new > $.payload.changes.amount.old');
insert into public.things values (1, 1);
update public.things set amount = 2;
update public.things set amount = 1;
-- A large payload, stored out of line.
select eventlog.add_check_rule('long', 'told', '$.payload.text starts with "x" && $.payload.end == 1', log => 'public.events');
select eventlog.register_event_type('told', max_payload_bytes => 1000000);
select eventlog.log_event('told', jsonb_build_object('text', repeat('x', 100000), 'end', 1)) is not null as logged;
insert into public.events (type, payload, version, context)
select 'told', jsonb_build_object('text', repeat('y', 100000), 'end', 1), 1, '{}';
select type, count(*) from public.events group by type order by type;
