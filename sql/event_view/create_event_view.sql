-- It makes a view as its caller: CREATE on the schema decides, and the log's grants say what the caller sees through it.
create or replace function eventlog.create_event_view(
    name text,
    log regclass,
    mapping jsonb
) returns regclass
    language c volatile called on null input parallel unsafe
    as 'MODULE_PATHNAME', 'eventlog_create_event_view';

comment on function eventlog.create_event_view(text, regclass, jsonb) is
    'makes a view that shows a log under an application''s own column names and takes inserts';
