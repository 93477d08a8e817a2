-- The empty name stands for rows that were left out.
create or replace function eventlog._end_reading(reading bigint) returns jsonb
    language c volatile strict parallel unsafe
    as 'MODULE_PATHNAME', 'eventlog_end_reading';

-- It counts in the session's own memory.
revoke all on function eventlog._end_reading(bigint) from public;
grant execute on function eventlog._end_reading(bigint) to public;

comment on function eventlog._end_reading(bigint) is
    'internal: how many values of each column could not be read';
