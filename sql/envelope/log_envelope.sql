-- It acts as its caller: INSERT on the log's columns decides.
create or replace function eventlog.log_envelope(event jsonb, log regclass default null) returns uuid
    language c volatile called on null input parallel unsafe
    as 'MODULE_PATHNAME', 'eventlog_log_envelope';

comment on function eventlog.log_envelope(jsonb, regclass) is
    'writes an event that comes in an envelope of pattern, version, source and metadata; the same eventId returns the first event''s id';
