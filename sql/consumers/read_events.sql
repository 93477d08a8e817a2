-- It reads the log as its caller: SELECT and row-level security decide. It writes nothing, and needs no transaction id.
create or replace function eventlog.read_events(
    "position" text default 'now',
    max_events int default 100,
    types text[] default null,
    pattern text default null,
    pattern_kind text default 'exact',
    entity_type text default null,
    entity_id eventlog.ident default null,
    max_bytes int default 8388608,
    log regclass default null
) returns setof eventlog.positioned
    -- Volatile: what it gives depends on the moment, and not on the snapshot of the statement that calls it.
    language c volatile called on null input parallel unsafe
    rows 100
    as 'MODULE_PATHNAME', 'eventlog_read_events';

comment on function eventlog.read_events(text, int, text[], text, text, text, eventlog.ident, int, regclass) is
    'events in the order of delivery from a position on, each with the position behind it, and at last where to read on';
