-- It refuses everyone but the log's owner.
create or replace function eventlog.revoke_consumer(log regclass, role name) returns void
    language c volatile called on null input parallel unsafe
    as 'MODULE_PATHNAME', 'eventlog_revoke_consumer';

comment on function eventlog.revoke_consumer(regclass, name) is
    'takes from a role what eventlog.grant_consumer gave; owner of the log only';
