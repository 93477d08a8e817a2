-- Workflow events in an envelope: source and metadata are JSON objects, patterns have dots, and the business id of an
-- event ("evt_123abc") is unique, so that what is delivered twice is stored once.
-- From the repository's root: psql -f examples/workflow-envelope/run.sql DATABASE
\set ON_ERROR_STOP on
\set taxonomy `cat examples/workflow-envelope/taxonomy.json`
begin;
create schema workflow_envelope;
set local search_path = workflow_envelope;
set local timezone = 'UTC';
-- Some events belong to a client, others to nobody: the envelope's context says so, and the log asks for no tenant.
select eventlog.create_log('event_log', tenant_type => 'text', require_tenant => false) as log;
select count(*) as types from eventlog.import_taxonomy(:'taxonomy', 'event_log');

select eventlog.create_event_view('events', 'event_log', '{
    "id": "id",
    "event_id": "idempotency_key::varchar",
    "pattern": "type::varchar",
    "version": "version::varchar",
    "source": {"type": "source_type", "id": "source_id"},
    "timestamp": "occurred_at::timestamp",
    "payload": "payload",
    "metadata": {"correlationId": "correlation_id", "causationId": "causation_id", "context": "context"},
    "created_at": "recorded_at::timestamp"
}') as view;

-- What a service receives goes in as it came.
create function accept(envelope jsonb) returns uuid
    language sql volatile
    set search_path = workflow_envelope
    set timezone = 'UTC'
as $$
    insert into events (event_id, pattern, version, source, "timestamp", payload, metadata)
    select "eventId", pattern, version, source, "timestamp", payload, metadata
    from jsonb_to_record(envelope) as e ("eventId" text, pattern text, version text, source jsonb, "timestamp" timestamptz,
        payload jsonb, metadata jsonb)
    returning id
$$;

\set envelope `cat examples/workflow-envelope/envelope.json`

select accept(:'envelope') as first \gset
-- The sender got no answer in time and sends it again.
select accept(:'envelope') as again \gset

select accept('{"eventId": "evt_2", "pattern": "workflow.started", "version": "1", "source": {"type": "workflow", "id": "dunning"},
    "timestamp": "2024-03-15T10:00:01Z", "payload": {"workflow": "dunning"},
    "metadata": {"correlationId": "corr_xyz789", "causationId": "evt_123abc", "context": {"type": "global", "id": "-"}}}') as started \gset
select accept('{"eventId": "evt_3", "pattern": "task.failed", "version": "1.0", "source": {"type": "task", "id": "send_mail"},
    "timestamp": "2024-03-15T10:00:05Z", "payload": {"task": "send_mail", "error": "no address"},
    "metadata": {"correlationId": "corr_xyz789", "causationId": "evt_2"}}') as failed \gset
select accept('{"pattern": "invoice.paid", "source": {"type": "external", "id": "bank"},
    "timestamp": "2024-03-20T08:00:00Z", "payload": {"invoice_id": "INV-001"}}') as paid \gset

-- A chain of causes, from the last event to the first.
with recursive chain as (
    select e.*, 1 as step from events e where e.event_id = 'evt_3'
    union all
    select e.*, step + 1 from events e join chain c on e.event_id = c.metadata ->> 'causationId'
)
select step, event_id, pattern, source from chain order by step;

create temporary table answer on commit drop as
select :'first'::uuid as first, :'again'::uuid as again;

do $$
declare
    it events;
begin
    select * into it from events where event_id = 'evt_123abc';
    assert it.source = '{"type": "integration", "id": "xero_main"}', 'the source is an object';
    assert it.metadata = '{"correlationId": "corr_xyz789", "causationId": "evt_abc456", "context": {"type": "client", "id": "client_123"}}',
        'the metadata come back as they came';
    assert it.version = '1' and it."timestamp" = '2024-03-15 10:00', 'version 1.0 is version 1';
    assert it.payload ->> 'amount' = '1500.00', 'numbers keep their digits';
    assert (select count(*) from events where event_id = 'evt_123abc') = 1, 'what came twice is stored once';
    assert it.id = (select first from answer) and it.id = (select again from answer), 'both calls got the same id';
    assert (select version from events where pattern = 'invoice.paid') = '1', 'no version is the default one';
    assert (select count(*) from events where metadata ->> 'correlationId' = 'corr_xyz789') = 3, 'one conversation';

    begin
        perform accept('{"eventId": "evt_123abc", "pattern": "invoice.paid", "payload": {"invoice_id": "INV-001"}}');
        raise exception 'an id was used for two events';
    exception when unique_violation then null;
    end;
    begin
        perform accept('{"eventId": "evt_9", "pattern": "invoice.created", "version": "2.0", "payload": {}}');
        raise exception 'a version that does not exist was taken';
    exception when check_violation then null;
    end;
    begin
        perform accept('{"eventId": "evt_9", "pattern": "invoice.created", "version": "1.0",
            "payload": {"invoice_id": "INV-1", "amount": "1500.00", "customer_id": "CUST-1"}}');
        raise exception 'an amount that is a text was taken';
    exception when check_violation then null;
    end;
    begin
        perform accept('{"eventId": "evt_9", "pattern": "workflow.completed", "payload": {"workflow": "dunning", "result": 1, "error": "x"}}');
        raise exception 'a workflow that succeeded and failed was taken';
    exception when check_violation then null;
    end;
    begin
        perform accept('{"eventId": "evt_9", "pattern": "invoice.paid", "source": {"kind": "bank"}, "payload": {"invoice_id": "1"}}');
        raise exception 'a source with an unknown key was taken';
    exception when invalid_parameter_value then null;
    end;
    assert (select count(*) from events) = 4, 'nothing of what was refused was written';
end
$$;
commit;

\ir consumers.sql
