-- It writes events as its caller: INSERT on the log's columns decides. What is rejected it keeps as the log's owner.
create or replace function eventlog.ingest_events(
    events json,
    source text default null,
    log regclass default null
) returns table (index int, outcome text, event_id uuid, rejected_id uuid, violations jsonb)
    language c volatile called on null input parallel unsafe
    as 'MODULE_PATHNAME', 'eventlog_ingest_events';

comment on function eventlog.ingest_events(json, text, regclass) is
    'writes the events of an array that the log takes, keeps the others aside, and says which is which';
