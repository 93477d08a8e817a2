create or replace function eventlog.release(
    subscription text,
    receipt bigint
) returns void
    language c volatile called on null input parallel unsafe
    as 'MODULE_PATHNAME', 'eventlog_release';

comment on function eventlog.release(text, bigint) is
    'gives a receipt back without counting an attempt';
