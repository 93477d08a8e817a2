-- It refuses everyone but the table's owner.
create or replace function eventlog.release_tenants(relation regclass) returns void
    language c volatile called on null input parallel unsafe
    as 'MODULE_PATHNAME', 'eventlog_release_tenants';

comment on function eventlog.release_tenants(regclass) is
    'takes off what eventlog.isolate_tenants put on, and records that; owner of the table only';
