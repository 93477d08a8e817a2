-- Fires whenever something was dropped, which may take a tracked table or a column of one along: DROP TABLE, SCHEMA, OWNED
-- and TYPE do, and ALTER TABLE.
create function eventlog.forget_tables() returns event_trigger
    language c volatile called on null input parallel unsafe
    as 'MODULE_PATHNAME', 'eventlog_forget_tables';

-- Only the event trigger eventlog_forget_tables uses it.
revoke all on function eventlog.forget_tables() from public;

comment on function eventlog.forget_tables() is
    'event trigger function that ends the tracking of a table that is dropped';
