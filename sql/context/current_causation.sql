-- A column default of every log, so whoever may insert there must be able to call it.
create or replace function eventlog.current_causation() returns text
    language c stable called on null input parallel safe
    as 'MODULE_PATHNAME', 'eventlog_current_causation';

comment on function eventlog.current_causation() is
    'the event that caused what this transaction does, or null';
