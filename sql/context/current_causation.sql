create or replace function eventlog.current_causation() returns text
    language c stable called on null input parallel safe
    as 'MODULE_PATHNAME', 'eventlog_current_causation';

-- A column default of every log, so whoever may insert there must be able to call it.
revoke all on function eventlog.current_causation() from public;
grant execute on function eventlog.current_causation() to public;

comment on function eventlog.current_causation() is
    'the event that caused what this transaction does, or null';
