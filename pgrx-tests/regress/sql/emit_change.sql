-- What a trigger would write, by hand, with the same shapes.
select eventlog.create_log('public.events', require_tenant => false, tenant_type => 'text');
select count(*) from (select eventlog.register_event_type('campaign.' || c)
    from unnest('{created,updated,deleted,state_changed,approved}'::text[]) c) t;
create view public.written as
select type, entity_type, entity_id, payload, context from public.events order by seq;
select eventlog.emit_change('created', 'campaign', 7, new => '{"name": "a", "budget": 1.10, "secret": 1}', ignore => '{secret}') is not null;
select eventlog.emit_change('created', 'campaign', 8, new => '{"name": "a", "budget": 1.10}', fields => '{name,zzz}') is not null;
select eventlog.emit_change('updated', 'campaign', 7, '{"name": "a", "budget": 1.10}', '{"name": "b", "budget": 1.1, "new": null}') is not null;
select eventlog.emit_change('updated', 'campaign', 7, '{"name": "a", "x": 1}', '{"name": "b", "x": 2}', fields => '{x}', reason => 'why') is not null;
select eventlog.emit_change('state_changed', 'campaign', 7, '"draft"', '"live"', context => '{"field": "status"}') is not null;
select eventlog.emit_change('state_changed', 'campaign', 7, 'null', '"live"', reason => 'approved by manager') is not null;
select eventlog.emit_change('deleted', 'campaign', 7, old => '{"name": "b"}', reason => 'no longer needed') is not null;
select eventlog.emit_change('deleted', 'campaign', 7, old => '{}') is not null;
select eventlog.emit_change('approved', 'campaign', 7) is not null;
select eventlog.emit_change('approved', 'campaign', 7, new => '{"by": "x", "reason": "own"}') is not null;
table public.written;

-- What changes nothing writes nothing.
select eventlog.emit_change('updated', 'campaign', 7, '{"n": 1.0}', '{"n": 1.00}');
select eventlog.emit_change('updated', 'campaign', 7, '{"n": 1, "m": 1}', '{"n": 2, "m": 1}', ignore => '{n}');
select eventlog.emit_change('state_changed', 'campaign', 7, '"live"', '"live"');
select count(*) from public.events;

-- The context of the session, and what is given instead.
begin;
select eventlog.set_context(tenant_id => 'acme', actor_type => 'user', actor_id => '5', correlation_id => 'c1',
    causation_id => 'k1', reason => 'spring cleaning');
select eventlog.emit_change('deleted', 'campaign', 9, old => '{"name": "b"}') is not null;
select eventlog.emit_change('approved', 'campaign', 9, new => '{"reason": "own"}') is not null;
select eventlog.emit_change('approved', 'campaign', 9, new => '{"reason": "own"}', reason => 'given', tenant_id => 'other',
    actor_type => 'agent', actor_id => 6, occurred_at => '2024-01-01', correlation_id => 'c2', causation_id => 'k2',
    idempotency_key => 'once', log => 'events') is not null;
select eventlog.emit_change('approved', 'campaign', 9, new => '{"reason": "own"}', reason => 'given', tenant_id => 'other',
    actor_type => 'agent', actor_id => 6, occurred_at => '2024-01-01', correlation_id => 'c2', causation_id => 'k2',
    idempotency_key => 'once', log => 'events') = (select id from public.events where idempotency_key = 'once');
select tenant_id, actor_type, actor_id, correlation_id, causation_id, occurred_at = '2024-01-01' as then, payload
from public.events where entity_id = '9' order by seq;
commit;

-- What is missing or too much.
select eventlog.emit_change(null, 'campaign', 7);
select eventlog.emit_change('', 'campaign', 7);
select eventlog.emit_change('created', null, 7, new => '{}');
select eventlog.emit_change('created', 'campaign', null, new => '{}');
select eventlog.emit_change('created', 'campaign', 7);
select eventlog.emit_change('created', 'campaign', 7, '{}', '{}');
select eventlog.emit_change('created', 'campaign', 7, new => '[]');
select eventlog.emit_change('created', 'campaign', 7, new => 'null');
select eventlog.emit_change('created', 'campaign', 7, new => '{}', fields => '{a,null}');
select eventlog.emit_change('updated', 'campaign', 7, new => '{}');
select eventlog.emit_change('updated', 'campaign', 7, old => '{}');
select eventlog.emit_change('updated', 'campaign', 7, '{}', '1');
select eventlog.emit_change('updated', 'campaign', 7, '{}', '{}', ignore => '{null}');
select eventlog.emit_change('deleted', 'campaign', 7);
select eventlog.emit_change('deleted', 'campaign', 7, '{}', '{}');
select eventlog.emit_change('deleted', 'campaign', 7, '"x"');
select eventlog.emit_change('state_changed', 'campaign', 7, new => '"live"');
select eventlog.emit_change('state_changed', 'campaign', 7, old => '"live"');
select eventlog.emit_change('state_changed', 'campaign', 7, '1', '2', fields => '{a}');
select eventlog.emit_change('approved', 'campaign', 7, old => '{}');
select eventlog.emit_change('approved', 'campaign', 7, new => '[]');
select eventlog.emit_change('approved', 'campaign', 7, ignore => '{a}');
select eventlog.emit_change('opened', 'campaign', 7);
select eventlog.emit_change('created', 'campaign', 7, new => '{}', log => 'pg_class');
select count(*) from public.events;

-- It acts as its caller.
create role regress_emitter;
set role regress_emitter;
select eventlog.emit_change('approved', 'campaign', 7, log => 'public.events');
reset role;
grant insert on public.events to regress_emitter;
set role regress_emitter;
select eventlog.emit_change('approved', 'campaign', 7, log => 'public.events') is not null;
reset role;
drop owned by regress_emitter;
drop role regress_emitter;
