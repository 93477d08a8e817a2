-- It refuses everyone but the log's owner.
create or replace function eventlog.revoke_writer(log regclass, role name) returns void
    language c volatile called on null input parallel unsafe
    as 'MODULE_PATHNAME', 'eventlog_revoke_writer';

comment on function eventlog.revoke_writer(regclass, name) is
    'takes from a role what eventlog.grant_writer gave; owner of the log only';
