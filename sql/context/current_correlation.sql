create or replace function eventlog.current_correlation() returns text
    language c stable called on null input parallel safe
    as 'MODULE_PATHNAME', 'eventlog_current_correlation';

-- A column default of every log, so whoever may insert there must be able to call it.
revoke all on function eventlog.current_correlation() from public;
grant execute on function eventlog.current_correlation() to public;

comment on function eventlog.current_correlation() is
    'the conversation that this transaction belongs to, or null';
