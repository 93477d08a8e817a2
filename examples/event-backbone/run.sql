-- An event backbone: eleven event types with the actors and entities they may have, and the open loops that follow.
-- From the repository's root: psql -f examples/event-backbone/run.sql DATABASE
\set ON_ERROR_STOP on
\set taxonomy `cat examples/event-backbone/taxonomy.json`
begin;
create schema event_backbone;
set local search_path = event_backbone;
set local timezone = 'UTC';
select eventlog.create_log('event_log') as log;
select count(*) as types from eventlog.import_taxonomy(:'taxonomy', 'event_log');

-- The table of event model v0.1, with its names and types.
select eventlog.create_event_view('system_events', 'event_log', '{
    "id": "id",
    "org_id": "tenant_id",
    "event_type": "type::varchar",
    "occurred_at": "occurred_at",
    "actor_id": "actor_id::uuid",
    "actor_type": "actor_type::varchar",
    "primary_entity_id": "entity_id::uuid",
    "primary_entity_type": "entity_type::varchar",
    "payload": "payload",
    "created_at": "recorded_at"
}') as view;

-- What opens a loop, what closes it, and by when.
create table loop_kind (
    type text primary key,
    opened_by text not null,
    closed_by text[] not null,
    -- null where the event itself says by when
    patience interval,
    suggested_action text not null
);
insert into loop_kind values
    ('new_lead', 'lead_created', array['quote_requested', 'quote_sent'], interval '1 day', 'check_in'),
    ('quote_needed', 'quote_requested', array['quote_sent'], interval '2 days', 'draft_quote'),
    ('decision_pending', 'quote_sent', array['quote_accepted', 'quote_rejected'], interval '7 days', 'check_in'),
    ('invoice_overdue', 'invoice_issued', array['payment_received'], null, 'resend_invoice'),
    ('followup_due', 'followup_scheduled', array['followup_sent', 'followup_dismissed'], null, 'check_in');

-- What needs attention, derived from the log alone: what opened a loop, unless something later closed it.
create view open_loops with (security_invoker = true) as
select e.org_id, k.type, e.primary_entity_type as entity_type, e.primary_entity_id as entity_id,
    coalesce((e.payload ->> 'due_at')::timestamptz, e.occurred_at + k.patience) as due_at, k.suggested_action
from system_events e
join loop_kind k on k.opened_by = e.event_type
where not exists (
    select from system_events later
    where later.org_id = e.org_id
        and later.primary_entity_type = e.primary_entity_type and later.primary_entity_id = e.primary_entity_id
        and later.event_type = any (k.closed_by) and later.occurred_at >= e.occurred_at);

insert into system_events
    (org_id, event_type, occurred_at, actor_id, actor_type, primary_entity_id, primary_entity_type, payload)
select 'c0ffee00-0000-4000-8000-000000000001', event_type, occurred_at, 'aaaaaaaa-0000-4000-8000-000000000001', actor_type,
    entity_id::uuid, entity_type, payload::jsonb
from (values
    ('lead_created', timestamptz '2025-11-03 09:00', 'client', 'dea10000-0000-4000-8000-000000000001', 'deal', '{}'),
    ('quote_requested', '2025-11-03 09:30', 'client', 'dea10000-0000-4000-8000-000000000001', 'deal', '{}'),
    ('quote_sent', '2025-11-04 10:00', 'user', 'dea10000-0000-4000-8000-000000000001', 'deal', '{"amount": 4800.00}'),
    ('note_added', '2025-11-05 11:00', 'user', 'dea10000-0000-4000-8000-000000000001', 'deal', '{"text": "wants it by May"}'),
    ('quote_accepted', '2025-11-06 16:00', 'client', 'dea10000-0000-4000-8000-000000000001', 'deal', '{}'),
    ('invoice_issued', '2025-11-07 08:00', 'system', '17700000-0000-4000-8000-000000000001', 'invoice',
        '{"amount": 4800.00, "due_at": "2025-11-21T00:00:00Z"}'),
    ('lead_created', '2025-11-08 09:00', 'system', 'dea10000-0000-4000-8000-000000000002', 'deal', '{}'),
    ('quote_requested', '2025-11-08 12:00', 'user', 'dea10000-0000-4000-8000-000000000002', 'deal', '{}'),
    ('lead_created', '2025-11-09 09:00', 'system', 'dea10000-0000-4000-8000-000000000003', 'deal', '{}'),
    ('quote_sent', '2025-11-09 15:00', 'user', 'dea10000-0000-4000-8000-000000000003', 'deal', '{}'),
    ('quote_rejected', '2025-11-12 15:00', 'client', 'dea10000-0000-4000-8000-000000000003', 'deal', '{"reason": "price"}'),
    ('followup_scheduled', '2025-11-12 15:05', 'user', 'f0110000-0000-4000-8000-000000000001', 'followup',
        '{"due_at": "2025-12-12T09:00:00Z"}'),
    ('followup_scheduled', '2025-11-12 15:10', 'user', 'f0110000-0000-4000-8000-000000000002', 'followup',
        '{"due_at": "2025-11-14T09:00:00Z"}'),
    ('followup_sent', '2025-11-14 09:00', 'system', 'f0110000-0000-4000-8000-000000000002', 'followup', '{}'),
    ('followup_scheduled', '2025-11-14 09:05', 'user', 'f0110000-0000-4000-8000-000000000003', 'followup',
        '{"due_at": "2025-11-20T09:00:00Z"}'),
    ('followup_dismissed', '2025-11-15 09:00', 'user', 'f0110000-0000-4000-8000-000000000003', 'followup', '{}')
) as sample (event_type, occurred_at, actor_type, entity_id, entity_type, payload);

select type, entity_type, due_at, suggested_action from open_loops order by due_at;

do $$
declare
    org constant uuid := 'c0ffee00-0000-4000-8000-000000000001';
    invoice constant uuid := '17700000-0000-4000-8000-000000000001';
begin
    assert (select array_agg(type order by due_at) from open_loops) = '{quote_needed,invoice_overdue,followup_due}',
        'three loops are open';

    -- What closes a loop is one more event.
    perform eventlog.log_event('payment_received', '{"amount": 4800.00}', tenant_id => org, actor_type => 'system',
        actor_id => 'aaaaaaaa-0000-4000-8000-000000000002'::uuid, entity_type => 'invoice', entity_id => invoice, log => 'event_log');
    assert not exists (select from open_loops where type = 'invoice_overdue'), 'the payment closed its loop';
    assert (select count(distinct event_type) from system_events) = 11, 'each type was written';

    begin
        insert into system_events (org_id, event_type, actor_type, primary_entity_id, primary_entity_type)
        values (org, 'payment_received', 'robot', invoice, 'client');
        raise exception 'a payment by a robot, of a client, of no amount, was taken';
    exception when check_violation then null;
    end;
    begin
        insert into system_events (org_id, event_type, actor_type, primary_entity_id, primary_entity_type)
        values (org, 'followup_dismissed', 'system', 'f0110000-0000-4000-8000-000000000001', 'followup');
        raise exception 'the system dismissed a follow-up';
    exception when check_violation then null;
    end;
    begin
        perform eventlog.log_event('followup_sent', tenant_id => org, actor_type => 'system', log => 'event_log',
            actor_id => 'aaaaaaaa-0000-4000-8000-000000000002'::uuid,
            entity_type => 'followup', entity_id => 'f0110000-0000-4000-8000-000000000002'::uuid);
        raise exception 'a follow-up was sent twice';
    exception when check_violation then null;
    end;
    begin
        perform eventlog.log_event('payment_received', '{"amount": 0.001}', tenant_id => org, actor_type => 'system',
            actor_id => 'aaaaaaaa-0000-4000-8000-000000000002'::uuid, entity_type => 'invoice', entity_id => invoice, log => 'event_log');
        raise exception 'a tenth of a cent was paid';
    exception when check_violation then null;
    end;
    assert (select count(*) from system_events) = 17, 'nothing of what was refused was written';
end
$$;
commit;

\ir consumers.sql
