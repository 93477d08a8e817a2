create or replace function eventlog.current_context() returns jsonb
    language c stable called on null input parallel safe
    as 'MODULE_PATHNAME', 'eventlog_current_context';

-- A column default of every log, so whoever may insert there must be able to call it.
revoke all on function eventlog.current_context() from public;
grant execute on function eventlog.current_context() to public;

comment on function eventlog.current_context() is
    'the metadata that events of this transaction take into their context, without keys where there is none';
