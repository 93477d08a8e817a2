-- How to read events by the present names of columns: those recorded before "until", from the row before on. "unknown"
-- are columns of which nothing was known then, "reworded" those some of whose values are told in other words today. Read
-- with the newest snapshot, so that it never lags behind the columns themselves.
-- table_as_of calls it as its caller; it tells no more than the catalogue, which is open to everyone.
create or replace function eventlog._names_since(tracking_id uuid, as_of timestamptz)
    returns table (until timestamptz, reading jsonb, unknown text[], reworded text[])
    language c stable strict parallel unsafe
    rows 5
    as 'MODULE_PATHNAME', 'eventlog_names_since';

comment on function eventlog._names_since(uuid, timestamptz) is
    'internal: the present names of a tracked table''s columns for events after a time, and what is not known of then';
