create or replace function eventlog.nack(
    subscription text,
    receipt bigint,
    event_ids uuid[],
    error text,
    retry_in interval default null
) returns void
    language c volatile called on null input parallel unsafe
    as 'MODULE_PATHNAME', 'eventlog_nack';

comment on function eventlog.nack(text, bigint, uuid[], text, interval) is
    'gives events back that failed: they come again later, or become dead letters';
