-- A column default of every log, so whoever may insert there must be able to call it.
create or replace function eventlog.new_event_id() returns uuid
    language c volatile called on null input parallel unsafe
    as 'MODULE_PATHNAME', 'eventlog_new_event_id';

comment on function eventlog.new_event_id() is
    'a UUIDv7, greater than any that this session drew before';
