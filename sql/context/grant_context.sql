create or replace function eventlog.grant_context(role name) returns void
    language c volatile called on null input parallel unsafe
    as 'MODULE_PATHNAME', 'eventlog_grant_context';

-- It refuses everyone but the extension's owner.
revoke all on function eventlog.grant_context(name) from public;
grant execute on function eventlog.grant_context(name) to public;

comment on function eventlog.grant_context(name) is
    'lets a role set the context of its transactions, which is to say for whom it acts; owner of the extension only';
