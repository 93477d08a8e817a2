-- The columns of a table whose values a tracking captures, by the rule of capture itself. None where there is no such
-- tracking.
-- table_as_of calls it as its caller; it tells no more than the catalogue, which is open to everyone.
create or replace function eventlog._tracked_columns(tracking_id uuid, relation regclass) returns text[]
    language c stable strict parallel unsafe
    as 'MODULE_PATHNAME', 'eventlog_tracked_columns';

comment on function eventlog._tracked_columns(uuid, regclass) is
    'internal: the columns of a table whose values a tracking captures';
