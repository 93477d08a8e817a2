-- Fires at the end of every ALTER TABLE of the database, and of other commands that reach columns or their types, so it
-- looks at the statement first and leaves at once where that is about nothing of the kind.
create function eventlog.note_columns() returns event_trigger
    language c volatile called on null input parallel unsafe
    as 'MODULE_PATHNAME', 'eventlog_note_columns';

-- Only the event trigger eventlog_note_columns uses it.
revoke all on function eventlog.note_columns() from public;

comment on function eventlog.note_columns() is
    'event trigger function that keeps account of the columns of tracked tables';
