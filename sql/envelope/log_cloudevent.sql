-- It acts as its caller: INSERT on the log's columns decides.
create or replace function eventlog.log_cloudevent(event jsonb, log regclass default null) returns uuid
    language c volatile called on null input parallel unsafe
    as 'MODULE_PATHNAME', 'eventlog_log_cloudevent';

comment on function eventlog.log_cloudevent(jsonb, regclass) is
    'writes a CloudEvent 1.0 and returns its id; the same source and id return the first event''s id';
