-- It reads the log as its caller: SELECT and row-level security decide.
create or replace function eventlog.entity_history(
    entity_type text,
    entity_id eventlog.ident,
    tenant_id eventlog.ident default null,
    log regclass default null
) returns table (
    seq bigint,
    id uuid,
    recorded_at timestamptz,
    occurred_at timestamptz,
    type text,
    tenant_id text,
    actor_type text,
    actor_id text,
    correlation_id text,
    causation_id text,
    payload jsonb,
    state jsonb
)
    -- Parallel unsafe: the catalogue is read under the latest snapshot, which is not to be had in a parallel query.
    language c stable called on null input parallel unsafe
    rows 20
    as 'MODULE_PATHNAME', 'eventlog_entity_history';

comment on function eventlog.entity_history(text, eventlog.ident, eventlog.ident, regclass) is
    'the events of one entity in their order, each with the entity''s state after it';
