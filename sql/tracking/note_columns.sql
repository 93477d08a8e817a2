-- Fires at the end of every ALTER TABLE of the database, so it looks at the statement first and leaves at once where
-- that is not about columns or keys.
create function eventlog.note_columns() returns event_trigger
    language c volatile called on null input parallel unsafe
    as 'MODULE_PATHNAME', 'eventlog_note_columns';

-- Only the event trigger eventlog_note_columns uses it.
revoke all on function eventlog.note_columns() from public;

comment on function eventlog.note_columns() is
    'event trigger function that keeps account of the columns of tracked tables';
