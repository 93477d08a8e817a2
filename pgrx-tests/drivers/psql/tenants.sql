-- Tenants through psql: a login that says for whom each of its transactions is, and is held to that. A check that fails
-- divides by zero.
\set ON_ERROR_STOP on
\set acme '00000000-0000-4000-8000-00000000000a'
\set other '00000000-0000-4000-8000-00000000000b'
\set ann '00000000-0000-4000-8000-000000000001'

begin;
select eventlog.set_context(:'acme', 'user', :'ann');
select eventlog.log_event('task_completed', '{"step_id": 7}', entity_type => 'task', entity_id => 7) as id \gset
select 1 / (count(*) = 1)::int from events
where id = :'id' and tenant_id = :'acme' and actor_type = 'user' and actor_id = :'ann';
insert into campaigns values (1, :'acme', 'Spring', 100.50);
commit;

begin;
select eventlog.set_context(:'acme', 'user', :'ann', reason => 'duplicate');
select 1 / (eventlog.entity_state('campaign', 1, tenant_id => :'acme') ->> 'budget' = '100.50')::int;
delete from campaigns where id = 1;
select 1 / (string_agg(concat_ws(' ', type, actor_id, payload ->> 'reason'), ', ' order by seq)
    = format('campaign.created %s, campaign.deleted %1$s duplicate', :'ann'))::int
from events where entity_type = 'campaign';
commit;

-- Another tenant: nothing of this.
begin;
select eventlog.set_context(:'other', 'user', :'ann');
select 1 / (count(*) = 0 and eventlog.entity_state('campaign', 1, tenant_id => :'acme') is null)::int from events;

-- What is refused.
\set ON_ERROR_STOP off
savepoint s;
select eventlog.log_event('task_completed', '{"step_id": 1}', tenant_id => :'acme');
\set forged_tenant :SQLSTATE
rollback to s;
insert into events (type, payload, actor_id) values ('task_completed', '{"step_id": 1}', 'eve');
\set forged_actor :SQLSTATE
rollback to s;
select eventlog.log_event('task_completed', '{"step": 1}');
\set broken :SQLSTATE
rollback;
select eventlog.log_event('task_completed', '{"step_id": 1}');
\set no_context :SQLSTATE
\set ON_ERROR_STOP on
select 1 / (:'forged_tenant' = '42501' and :'forged_actor' = '42501' and :'broken' = '23514' and :'no_context' = '23502')::int;
\echo 1 passed
