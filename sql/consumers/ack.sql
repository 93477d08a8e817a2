create or replace function eventlog.ack(
    subscription text,
    receipt bigint,
    event_ids uuid[] default null
) returns void
    language c volatile called on null input parallel unsafe
    as 'MODULE_PATHNAME', 'eventlog_ack';

comment on function eventlog.ack(text, bigint, uuid[]) is
    'settles what was received: all that was not nacked, or these events';
