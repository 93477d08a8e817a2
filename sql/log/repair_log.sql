-- It refuses everyone but the log's owner.
create or replace function eventlog.repair_log(relation regclass) returns setof text
    language c volatile called on null input parallel unsafe
    as 'MODULE_PATHNAME', 'eventlog_repair_log';

comment on function eventlog.repair_log(regclass) is
    'puts back whatever a log lacks, and returns what that was; owner of the log only';
