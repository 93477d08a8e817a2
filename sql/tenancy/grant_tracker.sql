create or replace function eventlog.grant_tracker(log regclass, role name) returns void
    language c volatile called on null input parallel unsafe
    as 'MODULE_PATHNAME', 'eventlog_grant_tracker';

-- It refuses everyone but the log's owner.
revoke all on function eventlog.grant_tracker(regclass, name) from public;
grant execute on function eventlog.grant_tracker(regclass, name) to public;

comment on function eventlog.grant_tracker(regclass, name) is
    'lets changes of a role''s tables become events of a log; owner of the log only';
