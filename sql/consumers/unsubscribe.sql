create or replace function eventlog.unsubscribe(
    name text
) returns void
    language c volatile called on null input parallel unsafe
    as 'MODULE_PATHNAME', 'eventlog_unsubscribe';

comment on function eventlog.unsubscribe(text) is
    'ends a subscription, with all that waits for it';
