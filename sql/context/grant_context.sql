-- It refuses everyone but the extension's owner.
create or replace function eventlog.grant_context(role name) returns void
    language c volatile called on null input parallel unsafe
    as 'MODULE_PATHNAME', 'eventlog_grant_context';

comment on function eventlog.grant_context(name) is
    'lets a role set the context of its transactions, which is to say for whom it acts; owner of the extension only';
