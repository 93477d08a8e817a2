-- It refuses everyone but the log's owner.
create or replace function eventlog.remove_event_rule(
    name text,
    log regclass default null
) returns void
    language c volatile called on null input parallel unsafe
    as 'MODULE_PATHNAME', 'eventlog_remove_event_rule';

comment on function eventlog.remove_event_rule(text, regclass) is
    'has a rule asked no more; owner of the log only';
