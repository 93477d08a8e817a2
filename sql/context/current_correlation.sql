-- A column default of every log, so whoever may insert there must be able to call it.
create or replace function eventlog.current_correlation() returns text
    language c stable called on null input parallel safe
    as 'MODULE_PATHNAME', 'eventlog_current_correlation';

comment on function eventlog.current_correlation() is
    'the conversation that this transaction belongs to, or null';
