create or replace function eventlog.readable_tenants(log regclass default null) returns setof text
    language c stable called on null input parallel unsafe
    rows 10
    as 'MODULE_PATHNAME', 'eventlog_readable_tenants';

comment on function eventlog.readable_tenants(regclass) is
    'the tenants whose events this session reads; * for all';
