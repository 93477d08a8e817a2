-- It tells no more than the role itself was told, like the other readers.
create or replace function eventlog.current_reason() returns text
    language c stable called on null input parallel safe
    as 'MODULE_PATHNAME', 'eventlog_current_reason';

comment on function eventlog.current_reason() is
    'why this transaction does what it does, or null';
