-- It refuses everyone but the log's owner.
create or replace function eventlog.tick(log regclass default null) returns bigint
    language c volatile called on null input parallel unsafe
    as 'MODULE_PATHNAME', 'eventlog_tick';

comment on function eventlog.tick(regclass) is
    'closes a batch of a log where something may have come since the last one';
