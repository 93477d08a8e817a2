-- The schema belongs to whoever installed the extension, who may be a database's owner and no superuser. What that
-- role put in it, or another schema under its name, would be found by everyone who calls the extension, superusers
-- included; and "create extension ... schema eventlog" is a mistake that superusers make too. So at the end of each
-- command of DDL this looks whether one who may create here has done so, and refuses. For everybody else it returns at
-- once. Only a superuser may rename the schema.
create function eventlog.guard_schema() returns event_trigger
    language c volatile called on null input parallel unsafe
    as 'MODULE_PATHNAME', 'eventlog_guard_schema';

-- Only the event trigger eventlog_guard_schema uses it.
revoke all on function eventlog.guard_schema() from public;

comment on function eventlog.guard_schema() is
    'event trigger function that keeps schema eventlog the extension''s own';
