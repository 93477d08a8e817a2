-- It acts as its caller: INSERT on the log's columns decides.
create or replace function eventlog.append_events(
    entity_type text,
    entity_id eventlog.ident,
    events jsonb,
    expected_last uuid default null,
    expect_new boolean default false,
    tenant_id eventlog.ident default null,
    log regclass default null
) returns setof uuid
    language c volatile called on null input parallel unsafe
    as 'MODULE_PATHNAME', 'eventlog_append_events';

comment on function eventlog.append_events(text, eventlog.ident, jsonb, uuid, boolean, eventlog.ident, regclass) is
    'writes events of one entity, if its last event is the expected one, and returns their ids in order';
