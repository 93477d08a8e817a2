-- It reads the log as its caller: SELECT and row-level security decide.
create or replace function eventlog.entity_state(
    entity_type text,
    entity_id eventlog.ident,
    as_of timestamptz default null,
    tenant_id eventlog.ident default null,
    log regclass default null
) returns jsonb
    -- Parallel unsafe, as entity_history is.
    language c stable called on null input parallel unsafe
    as 'MODULE_PATHNAME', 'eventlog_entity_state';

comment on function eventlog.entity_state(text, eventlog.ident, timestamptz, eventlog.ident, regclass) is
    'what its events say an entity was at a time, now if none is given; null when it did not exist';
