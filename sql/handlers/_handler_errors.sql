create or replace function eventlog._handler_errors() returns table (
    log regclass,
    handler text,
    event_id uuid,
    at timestamptz,
    sqlstate text,
    message text,
    detail text,
    hint text,
    context text
)
    language c stable strict parallel unsafe
    rows 100
    as 'MODULE_PATHNAME', 'eventlog_handler_errors';

comment on function eventlog._handler_errors() is 'internal: the errors of handlers of the logs that belong to the caller';
