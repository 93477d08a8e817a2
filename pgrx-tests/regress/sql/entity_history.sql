-- An entity's events in their order, each with the state after it.
select eventlog.create_log('public.events', tenant_type => 'text', unregistered => 'allow');
create function public.say(type text, payload jsonb, context jsonb default null, tenant text default 'acme', entity text default '7')
    returns void language sql begin atomic
    select eventlog.log_event(type, payload, tenant_id => tenant, entity_type => 'task', entity_id => entity, context => context,
        actor_type => 'user', actor_id => 'ann', correlation_id => 'c', causation_id => 'd')
        where true;
end;
create view public.story as
select row_number() over (order by seq) as n, tenant_id as tenant, type, state from eventlog.entity_history('task', 7, 'acme');
\o /dev/null
select say('task.created', '{"initial_values": {"name": "a", "note": null, "amount": 1.10}}');
select say('task.updated', '{"changes": {"name": {"old": "a", "new": "b"}, "amount": {"old": 1.10, "new": 12345678901234567890.5}}}');
select say('task.state_changed', '{"state": {"old": "open", "new": "done"}}', '{"field": "status"}');
select say('task.commented', '{"changes": {"name": {"old": "b", "new": "c"}}}');
select say('task.deleted', '{"final_values": {"name": "b"}, "changes": {"gone": {"old": null, "new": true}}}');
select say('task.updated', '{"changes": {"name": {"old": "b", "new": "hidden"}}}');
select say('task.created', '{"changes": {"gone": {"old": true, "new": null}}}');
select say('task.deleted', '{}');
select say('task.updated', '{"changes": {"name": {"old": "x", "new": "y"}}}');
select say('task.created', '{}');
\o
select * from public.story;
select seq = lag(seq) over (order by seq) + 1 as next, recorded_at = occurred_at as same, recorded_at <= clock_timestamp() as past,
    id = (select e.id from public.events e where e.seq = h.seq) as id, actor_type, actor_id, correlation_id, causation_id, payload
from eventlog.entity_history('task', 7, 'acme') h limit 2;

-- Entities older than their first event, and what has another shape.
\o /dev/null
select say('task.updated', '{"changes": {"name": {"old": "p", "new": "q"}}}', entity => 'old');
select say('task.state_changed', '{"state": {"old": "x", "new": "y"}}', entity => 'old');
select say('task.updated', '{"changes": {"size": {"old": 1, "new": 2}, "name": "q", "more": {"from": 1}}}', entity => 'old');
select say('task.updated', '{"changes": [{"name": "z"}]}', entity => 'old');
select say('task.state_changed', '{"state": "z"}', '{"field": ["x"]}', entity => 'old');
select say('created', '{"initial_values": {"plain": true}}', entity => 'plain');
select say('state_changed', '{"state": {"new": "live"}}', entity => 'plain');
select say('other.deleted', '{}', entity => 'plain');
select say('deleted', '{"final_values": "bye"}', entity => 'plain');
select say('task.noted', '{}', entity => 'noted');
\o
select type, payload, state from eventlog.entity_history('task', 'old');
select type, payload, state from eventlog.entity_history('task', 'plain');
select type, payload, state from eventlog.entity_history('task', 'noted');
select * from eventlog.entity_history('task', 'nobody');
select * from eventlog.entity_history('nothing', 7);

-- An id that is JSON may be spelled in any way; a key that its type takes for equal is the same entity.
\o /dev/null
select say('task.created', '{"initial_values": {"n": 1}}', entity => '["acme", 3]');
select say('task.created', '{"initial_values": {"n": 2}}', entity => '["a, b",4]');
\o
select entity_id from public.events where entity_id like '[%' order by seq;
select state from eventlog.entity_history('task', '["acme",3]');
select eventlog.entity_state('task', ' [ "acme" , 3 ] '), eventlog.entity_state('task', '["a, b", 4]'), eventlog.entity_state('task', '["acme", 3');
create table public.amounts (kind text, id numeric, v int, primary key (kind, id));
select eventlog.track_changes('amounts', entity_type => 'amount');
begin;
select eventlog.set_context('acme');
insert into public.amounts values ('a', 1.0, 1), ('a', 2.0, 1);
update public.amounts set id = 1.00, v = 2 where id = 1;
select type, entity_id from public.events where entity_type = 'amount' order by seq;
select type, state from eventlog.entity_history('amount', '["a", 1.000]');
select eventlog.entity_state('amount', '["a", 1]'), eventlog.entity_state('amount', '["b", 1]');
commit;

-- Which tenant: the one given, else the context's, else any that the caller may see.
\o /dev/null
select say('task.created', '{"initial_values": {"of": "globex"}}', tenant => 'globex');
\o
select tenant_id, count(*) from eventlog.entity_history('task', 7) group by 1 order by 1;
select tenant_id, state from eventlog.entity_history('task', 7, 'globex');
begin;
select eventlog.set_context(tenant_id => 'globex');
select tenant_id, state from eventlog.entity_history('task', 7);
select tenant_id, count(*) from eventlog.entity_history('task', 7, 'acme') group by 1;
select eventlog.entity_state('task', 7);
commit;
select eventlog.create_log('public.numbered', tenant_type => 'bigint', require_tenant => false, unregistered => 'allow');
select eventlog.log_event('task.created', '{"initial_values": {"n": 1}}', entity_type => 'task', entity_id => 1, log => 'numbered');
select eventlog.log_event('task.created', '{"initial_values": {"n": 2}}', tenant_id => 5, entity_type => 'task', entity_id => 2, log => 'numbered');
select tenant_id, state from eventlog.entity_history('task', 1, log => 'numbered');
select tenant_id, state from eventlog.entity_history('task', 2, log => 'numbered');
select tenant_id, state from eventlog.entity_history('task', 2, 5, 'numbered');
select tenant_id, state from eventlog.entity_history('task', 2, 6, 'numbered');

-- At a time, by what was recorded until then.
create table public.times as
select row_number() over (order by seq) as n, recorded_at as at from eventlog.entity_history('task', 7, 'acme');
select n, eventlog.entity_state('task', 7, at, 'acme') is not distinct from (select state from public.story s where s.n = t.n) as same,
    eventlog.entity_state('task', 7, at - interval '1 us', 'acme')
        is not distinct from (select state from public.story s where s.n = t.n - 1) as same_before
from public.times t order by n;
select eventlog.entity_state('task', 7, '-infinity', 'acme'), eventlog.entity_state('task', 7, 'infinity', 'acme'),
    eventlog.entity_state('task', 7, tenant_id => 'acme');

-- Errors.
select eventlog.entity_state(null, 7);
select eventlog.entity_state('task', null);
select * from eventlog.entity_history(null, 7);
select * from eventlog.entity_history('task', null);
select eventlog.entity_state('task', 1, tenant_id => 'acme', log => 'numbered');
select eventlog.entity_state('task', 1, log => 'times');

-- The caller's rights decide, row by row.
create role history_reader;
grant usage on schema public to history_reader;
set role history_reader;
select eventlog.entity_state('task', 7, tenant_id => 'acme');
reset role;
grant select on public.events to history_reader;
alter table public.events enable row level security;
create policy only_globex on public.events for select to history_reader using (tenant_id = 'globex');
set role history_reader;
select tenant_id, state from eventlog.entity_history('task', 7);
select eventlog.entity_state('task', 7, tenant_id => 'acme');
select eventlog.entity_state('task', 7, tenant_id => 'globex');
begin read only;
select eventlog.entity_state('task', 7);
select pg_current_xact_id_if_assigned() is null as no_xid;
commit;
reset role;
drop owned by history_reader;
drop role history_reader;
