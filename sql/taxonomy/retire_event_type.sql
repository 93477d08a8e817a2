-- It refuses everyone but the log's owner.
create or replace function eventlog.retire_event_type(
    type text,
    log regclass default null
) returns void
    language c volatile called on null input parallel unsafe
    as 'MODULE_PATHNAME', 'eventlog_retire_event_type';

comment on function eventlog.retire_event_type(text, regclass) is
    'lets no further events of a type in; those that are stored stay; owner of the log only';
