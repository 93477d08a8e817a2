-- A column default of every log, so whoever may insert there must be able to call it.
create or replace function eventlog.new_occurred_at() returns timestamptz
    language c volatile called on null input parallel unsafe
    as 'MODULE_PATHNAME', 'eventlog_new_occurred_at';

comment on function eventlog.new_occurred_at() is
    'reads the clock, and keeps the reading for eventlog.new_recorded_at()';
