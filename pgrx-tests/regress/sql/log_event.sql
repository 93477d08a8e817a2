-- Every argument of log_event is a column, and what is not given has the same value as in a plain insert.
select eventlog.create_log('public.events');
select eventlog.register_event_type('paid');
\pset null '<null>'
\x on
select eventlog.log_event('paid', '{"amount": 1.10}', '11111111-1111-4111-8111-111111111111',
    'order', 7, 'user', 'u-1', '2024-02-29 12:00+00', '{"tool": "till"}', 'corr', 'cause', 'shop', 's-1', 1, 'key-1',
    'public.events') is not null as written;
select tenant_id, entity_type, entity_id, actor_type, actor_id, occurred_at, context, correlation_id, causation_id,
    source_type, source_id, version, idempotency_key, type, payload, recorded_at > occurred_at as recorded_later
from public.events;
\x off

-- By name, in any order; explicit nulls are the same as nothing given.
select eventlog.log_event(tenant_id => '11111111-1111-4111-8111-111111111111'::uuid, type => 'paid') is not null;
select eventlog.log_event('paid', tenant_id => '11111111-1111-4111-8111-111111111111', entity_type => null,
    entity_id => null, actor_type => null, actor_id => null, occurred_at => null, context => null,
    correlation_id => null, causation_id => null, source_type => null, source_id => null, version => null,
    idempotency_key => null, log => null) is not null;
insert into public.events (type, tenant_id, payload) values ('paid', '11111111-1111-4111-8111-111111111111', '{}');
select distinct entity_type, entity_id, actor_type, actor_id, context, correlation_id, causation_id, source_type, source_id,
    version, idempotency_key, payload, occurred_at = recorded_at as one_clock, xid is null as no_xid,
    origin = eventlog.cluster_origin() as ours
from public.events
where seq > 1;

-- The id that comes back is the event's; ids are UUIDv7 and rise within a session, as seq does.
select eventlog.log_event('paid', tenant_id => '11111111-1111-4111-8111-111111111111') as id \gset
select count(*) from public.events where id = :'id';
select eventlog.log_event('paid', tenant_id => '11111111-1111-4111-8111-111111111111') is not null as written
from generate_series(1, 3000)
group by 1;
select count(*), bool_and(substr(id::text, 15, 1) = '7' and substr(id::text, 20, 1) in ('8', '9', 'a', 'b')) as version_7,
    bool_and(id > before) as rising, bool_and(time between recorded_at - interval '1 s' and recorded_at + interval '1 s') as clock
from (
    select id, recorded_at, lag(id) over (order by seq) as before,
        to_timestamp(('x' || lpad(replace(left(id::text, 13), '-', ''), 16, '0'))::bit(64)::bigint / 1000.0) as time
    from public.events
) e;

-- It is volatile: one event per row, whatever the plan.
select count(eventlog.log_event('paid', tenant_id => '11111111-1111-4111-8111-111111111111', entity_id => n))
from generate_series(1, 5) n;
select string_agg(entity_id, ',' order by seq) from public.events where entity_id is not null and entity_type is null;
