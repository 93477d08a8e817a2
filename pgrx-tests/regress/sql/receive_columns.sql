-- What receive hands out has all columns of the log as they are stored, whichever of them are null, however long the
-- tenant is, and wherever large values lie.
create extension pg_eventlog;

create function is_same(log text) returns table (events bigint, same bigint) language plpgsql as $$
begin
    return query execute format(
        'select count(*), count(*) filter (where (r.xid, r.seq, r.occurred_at, r.recorded_at, r.id, r.origin, r.version,
                r.type) = (e.xid, e.seq, e.occurred_at, e.recorded_at, e.id, e.origin, e.version, e.type)
            and (r.tenant_id, r.entity_type, r.entity_id, r.actor_type, r.actor_id, r.source_type, r.source_id,
                r.correlation_id, r.causation_id, r.idempotency_key, r.context, r.payload)
            is not distinct from
                (e.tenant_id::text, e.entity_type, e.entity_id, e.actor_type, e.actor_id, e.source_type, e.source_id,
                e.correlation_id, e.causation_id, e.idempotency_key, e.context, e.payload)
            and (r.receipt > 0, r.attempt, r.shard, r.replayed) = (true, 1, 0, false))
         from eventlog.receive(%L, 10000) r left join %I e using (id)', log, log);
end
$$;

create function fill(log text, tenant text) returns void language plpgsql as $$
begin
    -- Each set of columns that can be null together, with values of many lengths.
    execute format(
        'insert into %I (tenant_id, type, entity_type, entity_id, actor_type, actor_id, source_type, source_id,
            correlation_id, causation_id, context, payload)
         select %s, ''said'',
            case when n & 1 <> 0 then ''kind'' end, case when n & 1 <> 0 then repeat(''e'', 1 + n %% 7) end,
            case when n & 2 <> 0 then ''user'' end, case when n & 2 <> 0 then repeat(''a'', n %% 130 + 1) end,
            case when n & 4 <> 0 then ''origin'' end, case when n & 8 <> 0 then ''s'' || n end,
            case when n & 16 <> 0 then ''c'' || n end, case when n & 32 <> 0 then ''d'' || n end,
            case when n & 64 <> 0 then jsonb_build_object(''n'', n) else ''{}'' end,
            jsonb_build_object(''n'', repeat(''x'', n %% 200))
         from generate_series(0, 1023) n', log, tenant);
end
$$;

select eventlog.create_log('public.by_uuid', tenant_type => 'uuid', unregistered => 'allow',
    require_tenant => false) \g /dev/null
select eventlog.create_log('public.by_bigint', tenant_type => 'bigint', unregistered => 'allow',
    require_tenant => false) \g /dev/null
select eventlog.create_log('public.by_text', tenant_type => 'text', unregistered => 'allow',
    require_tenant => false) \g /dev/null
select eventlog.subscribe(log, log => log::regclass)
from unnest('{by_uuid,by_bigint,by_text}'::text[]) log \g /dev/null

-- Every third event has no tenant.
select fill('by_uuid', 'case when n % 3 <> 0 then md5(n::text)::uuid end');
select fill('by_bigint', 'case when n % 3 <> 0 then ((n - 500) * 10::numeric ^ (n % 15))::bigint end');
select fill('by_text', 'case when n % 3 <> 0 then repeat(''t'', n % 127 + 1) end');
select log, is_same.* from unnest('{by_uuid,by_bigint,by_text}'::text[]) log, is_same(log);
select eventlog.ack(name, receipt) from eventlog.subscriptions \g /dev/null

-- Values that are compressed, or lie elsewhere.
alter table by_uuid disable trigger eventlog_gate;
insert into by_uuid (tenant_id, type, payload) values
    (gen_random_uuid(), 'said', jsonb_build_object('n', repeat('x', 100000))),
    (gen_random_uuid(), 'said', (select jsonb_object_agg(n, md5(n::text)) from generate_series(1, 3000) n)),
    (null, 'said', (select jsonb_object_agg(n, md5(n::text)) from generate_series(1, 3000) n));
alter table by_uuid enable trigger eventlog_gate;
select * from is_same('by_uuid');
select eventlog.ack(name, receipt) from eventlog.subscriptions where name = 'by_uuid' \g /dev/null

-- A column that was added later: events from before have none of it, and it is not handed out.
select eventlog.log_event('said', '{"n": 1}', log => 'by_uuid', tenant_id => '00000000-0000-0000-0000-000000000001')
\g /dev/null
alter table by_uuid add note text default 'none';
select eventlog.log_event('said', '{"n": 2}', log => 'by_uuid', tenant_id => '00000000-0000-0000-0000-000000000001')
\g /dev/null
select * from is_same('by_uuid');
