-- Fires whenever something was dropped, which may take a log, an append-only or a tracked table, or a part of one, along:
-- DROP TABLE, SCHEMA, OWNED, TRIGGER, SEQUENCE and TYPE do, and ALTER TABLE.
create function eventlog.forget_tables() returns event_trigger
    language c volatile called on null input parallel unsafe
    as 'MODULE_PATHNAME', 'eventlog_forget_tables';

-- Only the event trigger eventlog_forget_tables uses it.
revoke all on function eventlog.forget_tables() from public;

comment on function eventlog.forget_tables() is
    'event trigger function that refuses to drop logs, and ends the tracking of a table that is dropped';
