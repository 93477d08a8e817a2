-- Fires at the end of every CREATE TRIGGER of the database and looks at the statement first: unless it replaces a
-- trigger whose name starts with eventlog_, it leaves at once. It names nothing in schema eventlog, since a superuser
-- may be the one who comes by.
create function eventlog.guard_triggers() returns event_trigger
    language c volatile called on null input parallel unsafe
    as 'MODULE_PATHNAME', 'eventlog_guard_triggers';

-- Only the event trigger eventlog_guard_triggers uses it.
revoke all on function eventlog.guard_triggers() from public;

comment on function eventlog.guard_triggers() is
    'event trigger function that lets only the owner of a table replace its gate, guards and capture triggers';
