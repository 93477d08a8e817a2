-- What is made of the backbone's events: the projection of open loops that the UI reads, and the way to the transport
-- layer. Each is a subscription that a worker works off. Run by run.sql, when the events are committed.
set search_path = event_backbone;
set timezone = 'UTC';

-- The read model, with the columns of the design. The view open_loops says the same from the log alone, and slower.
create table open_loop (
    id uuid primary key default gen_random_uuid(),
    org_id uuid not null,
    type text not null,
    entity_type text not null,
    entity_id uuid not null,
    due_at timestamptz,
    severity text not null,
    suggested_action text not null,
    status text not null default 'active',
    created_at timestamptz not null,
    updated_at timestamptz not null,
    unique (org_id, type, entity_type, entity_id, created_at)
);

-- It asks for what opens a loop and what closes one. An entity's events come in their order, so a loop is never closed
-- before it is open.
select eventlog.subscribe('backbone_open_loops', pattern => '(lead|quote|invoice|payment|followup)_[a-z]+',
    pattern_kind => 'regex', start_at => '-infinity', log => 'event_log');

create function project(event eventlog.delivery) returns void
    language plpgsql
    set search_path = event_backbone
as $$
begin
    update open_loop o
    set status = case event.type when 'followup_dismissed' then 'dismissed' else 'resolved' end, updated_at = event.occurred_at
    from loop_kind k
    where k.type = o.type and event.type = any (k.closed_by) and o.status = 'active'
        and o.org_id = event.tenant_id::uuid
        and o.entity_type = event.entity_type and o.entity_id = event.entity_id::uuid;

    insert into open_loop (org_id, type, entity_type, entity_id, due_at, severity, suggested_action, created_at, updated_at)
    select event.tenant_id::uuid, k.type, event.entity_type, event.entity_id::uuid,
        coalesce((event.payload ->> 'due_at')::timestamptz, event.occurred_at + k.patience),
        case when k.patience is null then 'high' else 'medium' end, k.suggested_action, event.occurred_at, event.occurred_at
    from loop_kind k
    where k.opened_by = event.type;
end
$$;

-- A worker's round: what it writes and what it acknowledges are one transaction, so each event counts once. In an
-- application this is a loop in any language, woken by LISTEN: see examples/workers.
create procedure project_open_loops() language plpgsql as $$
declare
    batch eventlog.delivery[];
    event eventlog.delivery;
begin
    loop
        batch := array(select r from eventlog.receive('backbone_open_loops', 5) r);
        exit when batch = '{}';
        foreach event in array batch loop
            perform project(event);
        end loop;
        perform eventlog.ack('backbone_open_loops', batch[1].receipt);
        commit;
    end loop;
end
$$;
call project_open_loops();
\echo What needs attention, as the projection has it:
select type, entity_type, due_at, severity, suggested_action from open_loop where status = 'active' order by due_at;

-- The outbox: everything, to a stream that another system reads (Redis, n8n). That is outside of this database, so an event
-- may be sent twice. The stream passes over what it has, and refuses a batch that is older than the last one, by the
-- receipt, which only rises: whoever was slow and lost its lease cannot write behind its successor.
create table stream (event_id uuid primary key, receipt bigint not null, type text not null);
create function send(batch eventlog.delivery[]) returns text
    language plpgsql
    set search_path = event_backbone
as $$
declare
    added int;
begin
    if batch[1].receipt < (select max(s.receipt) from stream s) then
        return 'refused: a later batch was sent';
    end if;
    insert into stream select e.id, e.receipt, e.type from unnest(batch) e on conflict do nothing;
    get diagnostics added = row_count;
    return format('%s of %s added', added, cardinality(batch));
end
$$;
select eventlog.subscribe('backbone_outbox', start_at => '-infinity', log => 'event_log');

-- One publisher sends, and dies before it can say so: a second one sends it again. The first lease here is as short as
-- can be, so that nobody has to wait for its end.
create temporary table sent as
select array(select r from eventlog.receive('backbone_outbox', 6, lease => '1 microsecond') r) as batch;
\echo The first publisher, and whoever came after it:
select send(batch) from sent;
create temporary table sent_again as select array(select r from eventlog.receive('backbone_outbox', 10) r) as batch;
select send(batch), eventlog.ack('backbone_outbox', batch[1].receipt) from sent_again;
\echo The first one was not dead, only slow:
select send(batch) from sent;

-- The business goes on: what closes a loop is one more event.
insert into system_events (org_id, event_type, actor_id, actor_type, primary_entity_id, primary_entity_type, payload, occurred_at)
select 'c0ffee00-0000-4000-8000-000000000001', event_type, 'aaaaaaaa-0000-4000-8000-000000000001', 'user', entity_id::uuid,
    entity_type, payload::jsonb, occurred_at
from (values
    ('quote_sent', 'dea10000-0000-4000-8000-000000000002', 'deal', '{"amount": 900.00}', timestamptz '2025-11-10 10:00'),
    ('note_added', 'dea10000-0000-4000-8000-000000000002', 'deal', '{"text": "asks for a discount"}', '2025-11-10 11:00'),
    ('followup_dismissed', 'f0110000-0000-4000-8000-000000000001', 'followup', '{}', '2025-11-13 09:00')
) as sample (event_type, entity_id, entity_type, payload, occurred_at);
call project_open_loops();
\echo And now:
select type, status, count(*) from open_loop group by type, status order by type, status;

-- The rest of the outbox.
create procedure publish() language plpgsql as $$
declare
    batch eventlog.delivery[];
begin
    loop
        batch := array(select r from eventlog.receive('backbone_outbox', 10) r);
        exit when batch = '{}';
        perform send(batch);
        perform eventlog.ack('backbone_outbox', batch[1].receipt);
        commit;
    end loop;
end
$$;
call publish();

do $$
begin
    assert (select array_agg((type, entity_type, entity_id, due_at, suggested_action)::text order by due_at, type)
            from open_loop where status = 'active')
        = (select array_agg((type, entity_type, entity_id, due_at, suggested_action)::text order by due_at, type)
            from open_loops), 'the projection says what the log says';
    assert (select array_agg(type order by type) from open_loop where status = 'dismissed') = '{followup_due,followup_due}',
        'two follow-ups were dismissed';
    assert (select count(*) from stream) = (select count(*) from event_log), 'each event is in the stream';
    assert (select bool_and(s.caught_up and s.dead_letters = 0) from eventlog.subscriptions s where s.name like 'backbone%'),
        'nothing is left';
end
$$;
