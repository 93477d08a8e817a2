-- A column default of every log, so whoever may insert there must be able to call it.
create or replace function eventlog.current_tenant() returns text
    language c stable called on null input parallel safe
    as 'MODULE_PATHNAME', 'eventlog_current_tenant';

comment on function eventlog.current_tenant() is
    'the tenant that this transaction acts for, or null';
