-- A column default of every log, so whoever may insert there must be able to call it.
create or replace function eventlog.new_recorded_at() returns timestamptz
    language c volatile called on null input parallel unsafe
    as 'MODULE_PATHNAME', 'eventlog_new_recorded_at';

comment on function eventlog.new_recorded_at() is
    'the time of recording: the reading of eventlog.new_occurred_at() for the same row, else the clock';
