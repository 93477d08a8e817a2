create or replace function eventlog.revoke_service(log regclass, role name) returns void
    language c volatile called on null input parallel unsafe
    as 'MODULE_PATHNAME', 'eventlog_revoke_service';

-- It refuses everyone but the log's owner.
revoke all on function eventlog.revoke_service(regclass, name) from public;
grant execute on function eventlog.revoke_service(regclass, name) to public;

comment on function eventlog.revoke_service(regclass, name) is
    'takes from a role what eventlog.grant_service gave; owner of the log only';
