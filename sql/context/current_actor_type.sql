-- A column default of every log, so whoever may insert there must be able to call it.
create or replace function eventlog.current_actor_type() returns text
    language c stable called on null input parallel safe
    as 'MODULE_PATHNAME', 'eventlog_current_actor_type';

comment on function eventlog.current_actor_type() is
    'what kind of actor acts in this transaction, or null';
