-- It refuses everyone but the log's owner.
create or replace function eventlog.grant_consumer(log regclass, role name) returns void
    language c volatile called on null input parallel unsafe
    as 'MODULE_PATHNAME', 'eventlog_grant_consumer';

comment on function eventlog.grant_consumer(regclass, name) is
    'lets a role see the events of all tenants; owner of the log only';
