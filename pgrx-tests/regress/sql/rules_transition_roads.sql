-- Whichever way an event comes, it takes a step or is refused; numbers are drawn while its entity is held.
select eventlog.create_log('public.events', tenant_type => 'bigint', require_tenant => false, unregistered => 'allow');
select eventlog.create_log('public.parted', tenant_type => 'uuid', require_tenant => false, unregistered => 'allow', partition_interval => '1 month');
select eventlog.add_transition_rule('order', 'order', '{"": ["placed"], "placed": ["paid"]}', log => log)
from (values ('public.events'::regclass), ('public.parted')) logs (log);
set eventlog.straight = off;
select eventlog.log_event('placed', entity_type => 'order', entity_id => 1) is not null as logged;
select eventlog.log_event('placed', entity_type => 'order', entity_id => 1);
reset eventlog.straight;
insert into public.events (type, entity_type, entity_id, payload, version, context) values ('paid', 'order', '2', '{}', 1, '{}');
insert into public.events (type, entity_type, entity_id, payload, version, context, idempotency_key)
values ('placed', 'order', '2', '{}', 1, '{}', 'k'), ('paid', 'order', '2', '{}', 1, '{}', 'l')
returning type, seq = (select max(seq) from public.events_state) as is_last, recorded_at <= clock_timestamp() as recorded;
copy public.events (type, entity_type, entity_id, payload, version, context) from stdin;
placed	order	3	{}	1	{}
paid	order	3	{}	1	{}
\.
copy public.events (type, entity_type, entity_id, payload, version, context) from stdin;
placed	order	4	{}	1	{}
placed	order	4	{}	1	{}
\.
select entity_id, state, e.type from public.events_state s join public.events e using (seq, entity_id) order by entity_id;
-- Each number was drawn once and is unique.
select count(*) = count(distinct seq) as unique from public.events;
insert into public.parted (type, entity_type, entity_id, payload, version, context) values ('placed', 'order', '1', '{}', 1, '{}');
insert into public.parted (type, entity_type, entity_id, payload, version, context) values ('placed', 'order', '1', '{}', 1, '{}');
select eventlog.log_event('paid', entity_type => 'order', entity_id => 1, log => 'parted') is not null as logged;
select state, e.type from public.parted_state s join public.parted e using (seq);
-- To what the owner gives a number to, no rule is asked: it is the past.
insert into public.parted (type, entity_type, entity_id, payload, version, context, seq, recorded_at)
values ('paid', 'order', '9', '{}', 1, '{}', 0, '2001-01-01');
-- What is captured. The table's own history was written before the rule came.
create table public.things (id int primary key, state text);
select eventlog.track_changes('public.things', entity_type => 'thing', state_column => 'state', log => 'public.events');
insert into public.things values (1, 'new'), (2, 'new');
update public.things set state = 'odd' where id = 1;
select eventlog.add_transition_rule('thing', 'thing', '{"": ["old"], "new": ["old"], "old": ["gone"]}', path => '$.payload.state.new',
    types => '{thing.state_changed}', log => 'public.events');
select eventlog.add_transition_rule('thing', 'thing', '{"": ["old"], "new": ["old"], "old": ["gone"]}', path => '$.payload.state.new',
    types => '{thing.state_changed}', existing => 'ignore', log => 'public.events');
select entity_id, state from public.events_state where rule = 'thing' order by 1;
update public.things set state = 'old' where id = 1;
update public.things set state = 'old' where id = 2;
update public.things set state = 'new' where id = 2;
update public.things set state = 'gone' where id = 2;
select * from public.things order by id;
-- A writer has no right on the table of states, and needs none.
create role regress_rules_writer;
select eventlog.grant_writer('public.events', 'regress_rules_writer');
select eventlog.grant_context('regress_rules_writer');
grant create on schema public to regress_rules_writer;
create table public.trap (like public.events including all);
set role regress_rules_writer;
begin;
select eventlog.set_context('5', 'user', 'ann');
select eventlog.log_event('placed', entity_type => 'order', entity_id => 20) is not null as logged;
insert into public.events (type, entity_type, entity_id, payload) values ('paid', 'order', '20', '{}');
savepoint one;
select eventlog.log_event('paid', entity_type => 'order', entity_id => 20);
rollback to one;
select * from public.events_state;
rollback to one;
commit;
-- Nobody moves a log's states by a gate on a table of their own.
reset role;
select log_id from eventlog.log where relation = 'public.events'::regclass \gset
alter table public.trap owner to regress_rules_writer;
set role regress_rules_writer;
create trigger eventlog_gate before insert on public.trap for each row execute function eventlog.gate(:'log_id');
insert into public.trap (xid, seq, id, recorded_at, occurred_at, origin, version, type, entity_type, entity_id, tenant_id, context, payload)
values (1, 1, gen_random_uuid(), now(), now(), 1, 1, 'paid', 'order', '21', 5, '{}', '{}');
insert into public.trap (seq, entity_type, entity_id, type, tenant_id, version, context, payload, xid, id, recorded_at, occurred_at, origin)
values (eventlog.new_seq('public.events_seq_seq'), 'order', '21', 'placed', 5, 1, '{}', '{}', pg_current_xact_id()::text::bigint,
    gen_random_uuid(), now(), now(), eventlog.cluster_origin());
reset role;
select tenant_id, entity_id, state from public.events_state where tenant_id = 5 order by entity_id;
drop owned by regress_rules_writer;
drop role regress_rules_writer;
