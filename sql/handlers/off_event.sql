create or replace function eventlog.off_event(name text) returns void
    language c volatile called on null input parallel unsafe
    as 'MODULE_PATHNAME', 'eventlog_off_event';

comment on function eventlog.off_event(text) is 'has a handler not called any more';
