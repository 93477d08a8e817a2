create or replace function eventlog.receive(
    subscription text,
    max_events int default 100,
    lease interval default '30 seconds',
    max_bytes int default 8388608
) returns setof eventlog.delivery
    language c volatile called on null input parallel unsafe
    rows 100
    as 'MODULE_PATHNAME', 'eventlog_receive';

comment on function eventlog.receive(text, int, interval, int) is
    'hands out the next events of a subscription for the time of a lease';
