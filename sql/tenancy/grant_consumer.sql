create or replace function eventlog.grant_consumer(log regclass, role name) returns void
    language c volatile called on null input parallel unsafe
    as 'MODULE_PATHNAME', 'eventlog_grant_consumer';

-- It refuses everyone but the log's owner.
revoke all on function eventlog.grant_consumer(regclass, name) from public;
grant execute on function eventlog.grant_consumer(regclass, name) to public;

comment on function eventlog.grant_consumer(regclass, name) is
    'lets a role see the events of all tenants; owner of the log only';
