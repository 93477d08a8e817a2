-- On each tracked table and each partition of it, as statement triggers: before a change it notes that a statement has
-- begun, after it it writes the events, and TRUNCATE it refuses. The argument is the tracking's id.
-- Whoever owns a table may hang it there, as a restore does: it writes nothing unless the catalogue agrees that this
-- table is the one with this tracking's id, which only track_changes enters there.
create or replace function eventlog.capture_changes() returns trigger
    language c volatile called on null input parallel unsafe
    as 'MODULE_PATHNAME', 'eventlog_capture_changes';

comment on function eventlog.capture_changes() is
    'trigger function that writes the events of a tracked table';
