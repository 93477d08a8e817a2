-- It reads the taxonomy, as everyone may. Parallel unsafe: so is reading the catalogue as it is now.
create or replace function eventlog.to_cloudevent(event jsonb, log regclass default null) returns jsonb
    language c stable called on null input parallel unsafe
    as 'MODULE_PATHNAME', 'eventlog_to_cloudevent';

comment on function eventlog.to_cloudevent(jsonb, regclass) is
    'an event of a log, as to_jsonb gives its row, as a CloudEvent 1.0';
