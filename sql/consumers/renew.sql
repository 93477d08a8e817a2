create or replace function eventlog.renew(
    subscription text,
    receipt bigint,
    lease interval default '30 seconds'
) returns void
    language c volatile called on null input parallel unsafe
    as 'MODULE_PATHNAME', 'eventlog_renew';

comment on function eventlog.renew(text, bigint, interval) is
    'prolongs a lease: from now on it has this time';
