-- It refuses everyone but the log's owner.
create or replace function eventlog.grant_tracker(log regclass, role name) returns void
    language c volatile called on null input parallel unsafe
    as 'MODULE_PATHNAME', 'eventlog_grant_tracker';

comment on function eventlog.grant_tracker(regclass, name) is
    'lets changes of a role''s tables become events of a log; owner of the log only';
