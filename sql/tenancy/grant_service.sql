-- It refuses everyone but the log's owner.
create or replace function eventlog.grant_service(log regclass, role name) returns void
    language c volatile called on null input parallel unsafe
    as 'MODULE_PATHNAME', 'eventlog_grant_service';

comment on function eventlog.grant_service(regclass, name) is
    'lets a role write events of any tenant in any actor''s name; owner of the log only';
