-- It refuses everyone who may not decide this for the database.
create or replace function eventlog.set_default_log(log regclass) returns void
    language c volatile called on null input parallel unsafe
    as 'MODULE_PATHNAME', 'eventlog_set_default_log';

comment on function eventlog.set_default_log(regclass) is
    'makes a log the one that calls mean which name none';
