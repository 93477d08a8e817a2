-- It acts as its caller: INSERT on the log's columns decides.
create or replace function eventlog.log_event(
    type text,
    payload jsonb default '{}',
    tenant_id eventlog.ident default null,
    entity_type text default null,
    entity_id eventlog.ident default null,
    actor_type text default null,
    actor_id eventlog.ident default null,
    occurred_at timestamptz default null,
    context jsonb default null,
    correlation_id eventlog.ident default null,
    causation_id eventlog.ident default null,
    source_type text default null,
    source_id eventlog.ident default null,
    version int default null,
    idempotency_key eventlog.ident default null,
    log regclass default null
) returns uuid
    -- A null payload must be an error and not a null result, so nothing here is strict.
    language c volatile called on null input parallel unsafe
    as 'MODULE_PATHNAME', 'eventlog_log_event';

comment on function eventlog.log_event(
    text, jsonb, eventlog.ident, text, eventlog.ident, text, eventlog.ident, timestamptz, jsonb, eventlog.ident,
    eventlog.ident, text, eventlog.ident, int, eventlog.ident, regclass) is
    'writes one event and returns its id; the same idempotency key returns the first event''s id';
