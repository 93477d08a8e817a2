-- It refuses everyone but the log's owner.
create or replace function eventlog.grant_writer(log regclass, role name) returns void
    language c volatile called on null input parallel unsafe
    as 'MODULE_PATHNAME', 'eventlog_grant_writer';

comment on function eventlog.grant_writer(regclass, name) is
    'lets a role write events of its tenant in its own name; owner of the log only';
