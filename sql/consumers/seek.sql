create or replace function eventlog.seek(
    subscription text,
    to_time timestamptz
) returns void
    language c volatile called on null input parallel unsafe
    as 'MODULE_PATHNAME', 'eventlog_seek';

comment on function eventlog.seek(text, timestamptz) is
    'goes back, or forward, to an instant: what was recorded from then on is delivered';
