-- For changes that no trigger sees. Bound when it is made and without a search_path of its own: triggers on the log run
-- under the caller's, as they do for log_event.
-- It acts as its caller: INSERT on the log's columns decides.
create or replace function eventlog.emit_change(
    change text,
    entity_type text,
    entity_id eventlog.ident,
    old jsonb default null,
    new jsonb default null,
    fields text[] default null,
    ignore text[] default null,
    reason text default null,
    tenant_id eventlog.ident default null,
    actor_type text default null,
    actor_id eventlog.ident default null,
    occurred_at timestamptz default null,
    context jsonb default null,
    correlation_id eventlog.ident default null,
    causation_id eventlog.ident default null,
    idempotency_key eventlog.ident default null,
    log regclass default null
) returns uuid
    language sql volatile called on null input parallel unsafe
begin atomic
    select eventlog.log_event(
        type => emit_change.entity_type operator(pg_catalog.||) '.' operator(pg_catalog.||) emit_change.change,
        payload => made.payload,
        tenant_id => emit_change.tenant_id,
        entity_type => emit_change.entity_type,
        entity_id => emit_change.entity_id,
        actor_type => emit_change.actor_type,
        actor_id => emit_change.actor_id,
        occurred_at => emit_change.occurred_at,
        context => emit_change.context,
        correlation_id => emit_change.correlation_id,
        causation_id => emit_change.causation_id,
        idempotency_key => emit_change.idempotency_key,
        log => emit_change.log)
    from (
        select eventlog._change_payload(emit_change.change, emit_change.entity_type,
            emit_change.entity_id::pg_catalog.text, emit_change.old, emit_change.new, emit_change.fields,
            emit_change.ignore, emit_change.reason) as payload
        offset 0
    ) made
    where made.payload is not null;
end;

comment on function eventlog.emit_change(
    text, text, eventlog.ident, jsonb, jsonb, text[], text[], text, eventlog.ident, text, eventlog.ident, timestamptz,
    jsonb, eventlog.ident, eventlog.ident, eventlog.ident, regclass) is
    'writes by hand the event that a tracked table would write for a change; null where nothing changed';
