-- It refuses everyone but the extension's owner.
create or replace function eventlog.revoke_context(role name) returns void
    language c volatile called on null input parallel unsafe
    as 'MODULE_PATHNAME', 'eventlog_revoke_context';

comment on function eventlog.revoke_context(name) is
    'takes from a role the right to set the context, whoever granted it; owner of the extension only';
