create or replace function eventlog._begin_reading() returns bigint
    language c volatile called on null input parallel unsafe
    as 'MODULE_PATHNAME', 'eventlog_begin_reading';

-- It counts in the session's own memory.
revoke all on function eventlog._begin_reading() from public;
grant execute on function eventlog._begin_reading() to public;

comment on function eventlog._begin_reading() is
    'internal: begins to count the values of the past that cannot be read';
