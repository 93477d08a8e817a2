-- The insert of log_events reads from it as its caller. To anyone else it gives nothing.
create or replace function eventlog._event_rows() returns setof record
    language c volatile strict parallel unsafe
    rows 1000
    as 'MODULE_PATHNAME', 'eventlog_event_rows';

comment on function eventlog._event_rows() is
    'internal: the rows of the batch that log_events is writing';
