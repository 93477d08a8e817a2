create or replace function eventlog.set_context(
    tenant_id eventlog.ident default null,
    actor_type text default null,
    actor_id eventlog.ident default null,
    correlation_id eventlog.ident default null,
    causation_id eventlog.ident default null,
    reason text default null,
    context jsonb default null
) returns void
    language c volatile called on null input parallel unsafe
    as 'MODULE_PATHNAME', 'eventlog_set_context';

-- Whoever sets the context says who acts and for which tenant: a right to be granted, not one to be had.
revoke all on function eventlog.set_context(
    eventlog.ident, text, eventlog.ident, eventlog.ident, eventlog.ident, text, jsonb) from public;

comment on function eventlog.set_context(
    eventlog.ident, text, eventlog.ident, eventlog.ident, eventlog.ident, text, jsonb) is
    'says for this transaction who acts, for which tenant, in which conversation and why, and what its events carry besides';
