-- It acts as its caller: INSERT on the log's columns decides.
create or replace function eventlog.log_events(
    events jsonb,
    log regclass default null
) returns setof uuid
    language c volatile called on null input parallel unsafe
    as 'MODULE_PATHNAME', 'eventlog_log_events';

comment on function eventlog.log_events(jsonb, regclass) is
    'writes an array of events, all or none, and returns their ids in order; keys are the parameters of log_event';
