-- Workflows that wait for events, by the pattern expressions of the design: exact, prefix or regex, with filters. Each is a
-- subscription. Run by run.sql, when the events are committed.
set search_path = workflow_envelope;
set timezone = 'UTC';

-- A pattern expression as it stands in a workflow's definition.
create function wait_for(workflow text, expression jsonb, options jsonb default '{}') returns void language sql as $$
    select eventlog.subscribe('workflow.' || workflow, pattern => expression ->> 'value', pattern_kind => expression ->> 'type',
        filters => expression -> 'filters', start_at => '-infinity', max_attempts => 2, options => options,
        log => 'workflow_envelope.event_log');
$$;

select wait_for('large-invoices', '{"type": "exact", "value": "invoice.created",
    "filters": [{"field": "$.payload.amount", "operator": "gt", "value": 1000},
                {"field": "$.context.type", "operator": "equals", "value": "client"}]}');
select wait_for('dunning', '{"type": "prefix", "value": "invoice."}');
select wait_for('alarm', '{"type": "regex", "value": "(workflow|task)\\.(failed|timed_out)",
    "filters": [{"field": "$.payload.error", "operator": "contains", "value": "address"}]}',
    '{"retry_base": "1 microsecond", "retry_max": "1 microsecond"}');

-- A mistake is told when the workflow is defined, not when the first event comes.
do $$
begin
    perform wait_for('mistaken', '{"type": "regex", "value": "invoice.(created"}');
    raise exception 'a pattern without its end was taken';
exception when invalid_parameter_value then null;
end
$$;
do $$
begin
    perform wait_for('mistaken', '{"type": "exact", "value": "invoice.created",
        "filters": [{"field": "$.payload.amount", "operator": "above", "value": 1000}]}');
    raise exception 'an operator that does not exist was taken';
exception when invalid_parameter_value then null;
end
$$;

-- What ran, and for which event.
create table run (workflow text, event_id text, pattern text, replayed boolean);

-- Runs a workflow for what waits for it. Each run is an event itself, caused by the one that it ran for: it and the ack
-- share a transaction, so there is one for each.
create procedure run_workflow(workflow text) language plpgsql as $$
declare
    batch eventlog.delivery[];
    event eventlog.delivery;
begin
    loop
        batch := array(select r from eventlog.receive('workflow.' || workflow) r);
        exit when batch = '{}';
        foreach event in array batch loop
            begin
                if event.payload ->> 'error' = 'no address' and not exists (select from address) then
                    raise exception 'nobody has an address';
                end if;
                insert into run values (workflow, event.idempotency_key, event.type, event.replayed);
                perform eventlog.log_event('workflow.completed', jsonb_build_object('workflow', workflow),
                    source_type => 'workflow', source_id => workflow, correlation_id => event.correlation_id,
                    causation_id => event.id, log => 'event_log')
                where not event.replayed;
            exception when raise_exception then
                perform eventlog.nack('workflow.' || workflow, event.receipt, array[event.id], sqlerrm);
            end;
        end loop;
        perform eventlog.ack('workflow.' || workflow, batch[1].receipt);
        commit;
    end loop;
end
$$;
create table address (name text);

-- More has come meanwhile.
select accept('{"eventId": "evt_4", "pattern": "invoice.created", "version": "1.0", "source": {"type": "integration", "id": "xero_main"},
    "payload": {"invoice_id": "INV-002", "amount": 80.00, "customer_id": "CUST-123"},
    "metadata": {"context": {"type": "client", "id": "client_123"}}}') as small \gset
select accept('{"eventId": "evt_5", "pattern": "invoice.created", "version": "1.0", "source": {"type": "integration", "id": "xero_main"},
    "payload": {"invoice_id": "INV-003", "amount": 1000.01, "customer_id": "CUST-123"},
    "metadata": {"context": {"type": "client", "id": "client_123"}}}') as large \gset

call run_workflow('large-invoices');
call run_workflow('dunning');
call run_workflow('alarm');
\echo What ran, and for which events:
select workflow, event_id, pattern from run order by workflow desc, pattern;
\echo What could not be handled:
select subscription, attempts, error from eventlog.dead_letter where subscription like 'workflow.%';

-- Somebody has an address now.
insert into address values ('helpdesk');
select eventlog.retry_dead_letters('workflow.alarm') as retried;
call run_workflow('alarm');

-- Dunning is built anew from what was. That it is a replay it is told, so it sends nothing a second time.
select eventlog.seek('workflow.dunning', '-infinity');
call run_workflow('dunning');
select workflow, count(*) filter (where not replayed) as first_time, count(*) filter (where replayed) as again
from run group by workflow order by workflow;

do $$
begin
    assert (select array_agg(event_id order by event_id) from run where workflow = 'large-invoices') = '{evt_123abc,evt_5}',
        'those over 1000 alone';
    assert (select count(*) from run where workflow = 'dunning' and not replayed) = 4, 'all that begins with "invoice."';
    assert (select count(*) from run where workflow = 'dunning' and replayed) = 4, 'and again';
    assert (select array_agg(event_id) from run where workflow = 'alarm') = '{evt_3}', 'also what was dead';
    assert not exists (select from eventlog.dead_letter where subscription like 'workflow.%'), 'nothing is left dead';
    assert (select count(*) from events where pattern = 'workflow.completed') = 6, 'a run of a replay is none';
    assert (select count(*) from event_log done join event_log cause on cause.id::text = done.causation_id
        where done.type = 'workflow.completed') = 6, 'each run has its cause';
end
$$;
