-- It refuses everyone but the log's owner.
create or replace function eventlog.add_check_rule(
    name text,
    type text,
    predicate text,
    message text default null,
    log regclass default null
) returns void
    language c volatile called on null input parallel unsafe
    as 'MODULE_PATHNAME', 'eventlog_add_check_rule';

comment on function eventlog.add_check_rule(text, text, text, text, regclass) is
    'refuses events of a type for which an SQL/JSON path is not true; owner of the log only';
