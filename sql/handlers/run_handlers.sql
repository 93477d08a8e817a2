create or replace function eventlog.run_handlers(max_events int default 1000, log regclass default null) returns bigint
    language c volatile called on null input parallel unsafe
    as 'MODULE_PATHNAME', 'eventlog_run_handlers';

comment on function eventlog.run_handlers(int, regclass) is
    'calls the async handlers of a log, or of all logs of yours, for events that wait, and returns how many were handled';
