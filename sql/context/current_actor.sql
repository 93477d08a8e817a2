-- A column default of every log, so whoever may insert there must be able to call it.
create or replace function eventlog.current_actor() returns text
    language c stable called on null input parallel safe
    as 'MODULE_PATHNAME', 'eventlog_current_actor';

comment on function eventlog.current_actor() is
    'who acts in this transaction, or null';
