-- It reads the taxonomy, as everyone may.
create or replace function eventlog.validate_event(
    type text,
    payload jsonb,
    version int default null,
    log regclass default null
) returns table (code text, path text, message text)
    -- Parallel unsafe: the taxonomy is read under the latest snapshot, which is not to be had in a parallel query.
    language c stable called on null input parallel unsafe
    rows 5
    as 'MODULE_PATHNAME', 'eventlog_validate_event';

comment on function eventlog.validate_event(text, jsonb, int, regclass) is
    'what the log would refuse about an event; no rows when it is valid; never writes';
