-- It refuses everyone but the log's owner.
create or replace function eventlog.add_reference_rule(
    name text,
    type text,
    path text,
    relation regclass,
    column_name name,
    tenant_column name default null,
    log regclass default null
) returns void
    language c volatile called on null input parallel unsafe
    as 'MODULE_PATHNAME', 'eventlog_add_reference_rule';

comment on function eventlog.add_reference_rule(text, text, text, regclass, name, name, regclass) is
    'refuses events whose value a table does not have; owner of the log only';
