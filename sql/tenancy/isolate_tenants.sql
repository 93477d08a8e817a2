-- It refuses everyone but the table's owner.
create or replace function eventlog.isolate_tenants(
    relation regclass,
    tenant_column name default 'tenant_id',
    readers name[] default null,
    writers name[] default null,
    membership text default null,
    force boolean default true
) returns void
    language c volatile called on null input parallel unsafe
    as 'MODULE_PATHNAME', 'eventlog_isolate_tenants';

comment on function eventlog.isolate_tenants(regclass, name, name[], name[], text, boolean) is
    'lets roles see and write the rows of their tenant alone, by row-level security; owner of the table only';
