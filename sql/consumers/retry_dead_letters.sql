create or replace function eventlog.retry_dead_letters(
    subscription text,
    event_ids uuid[] default null
) returns bigint
    language c volatile called on null input parallel unsafe
    as 'MODULE_PATHNAME', 'eventlog_retry_dead_letters';

comment on function eventlog.retry_dead_letters(text, uuid[]) is
    'has dead letters delivered again, these or all; says how many';
