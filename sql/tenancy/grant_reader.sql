-- It refuses everyone but the log's owner.
create or replace function eventlog.grant_reader(log regclass, role name) returns void
    language c volatile called on null input parallel unsafe
    as 'MODULE_PATHNAME', 'eventlog_grant_reader';

comment on function eventlog.grant_reader(regclass, name) is
    'lets a role see the events of its tenant; owner of the log only';
