-- Fires whenever something was dropped, which may take a log, an append-only, an isolated or a tracked table, or a part
-- of one, along: DROP TABLE, SCHEMA, OWNED, TRIGGER, SEQUENCE and TYPE do, and ALTER TABLE.
create or replace function eventlog.follow_drop() returns event_trigger
    language c volatile called on null input parallel unsafe
    as 'MODULE_PATHNAME', 'eventlog_follow_drop';

-- Only the event trigger eventlog_follow_drop uses it.
revoke all on function eventlog.follow_drop() from public;

comment on function eventlog.follow_drop() is
    'event trigger function that refuses to drop logs, and ends the tracking of a table that is dropped';
