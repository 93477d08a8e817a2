-- The empty name stands for rows that were left out.
-- It counts in the session's own memory.
create or replace function eventlog._end_reading(reading bigint) returns jsonb
    language c volatile strict parallel unsafe
    as 'MODULE_PATHNAME', 'eventlog_end_reading';

comment on function eventlog._end_reading(bigint) is
    'internal: how many values of each column could not be read';
