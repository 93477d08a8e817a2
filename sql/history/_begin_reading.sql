-- It counts in the session's own memory.
create or replace function eventlog._begin_reading() returns bigint
    language c volatile called on null input parallel unsafe
    as 'MODULE_PATHNAME', 'eventlog_begin_reading';

comment on function eventlog._begin_reading() is
    'internal: begins to count the values of the past that cannot be read';
