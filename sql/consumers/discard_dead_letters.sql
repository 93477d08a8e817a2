create or replace function eventlog.discard_dead_letters(
    subscription text,
    event_ids uuid[],
    reason text
) returns bigint
    language c volatile called on null input parallel unsafe
    as 'MODULE_PATHNAME', 'eventlog_discard_dead_letters';

comment on function eventlog.discard_dead_letters(text, uuid[], text) is
    'forgets dead letters, for a reason that is recorded; says how many';
