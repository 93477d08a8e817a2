-- A column default of every log, so whoever may insert there must be able to call it.
create or replace function eventlog.current_context() returns jsonb
    language c stable called on null input parallel safe
    as 'MODULE_PATHNAME', 'eventlog_current_context';

comment on function eventlog.current_context() is
    'the metadata that events of this transaction take into their context, without keys where there is none';
