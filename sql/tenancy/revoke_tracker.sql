-- It refuses everyone but the log's owner.
create or replace function eventlog.revoke_tracker(log regclass, role name) returns void
    language c volatile called on null input parallel unsafe
    as 'MODULE_PATHNAME', 'eventlog_revoke_tracker';

comment on function eventlog.revoke_tracker(regclass, name) is
    'takes back what eventlog.grant_tracker gave, and ends what rested on it; owner of the log only';
