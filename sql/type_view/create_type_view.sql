-- It makes a view as its caller: CREATE on the schema decides, and the log's grants say what the caller sees through it.
create or replace function eventlog.create_type_view(
    name text,
    type text,
    version int default null,
    log regclass default null
) returns regclass
    language c volatile called on null input parallel unsafe
    as 'MODULE_PATHNAME', 'eventlog_create_type_view';

comment on function eventlog.create_type_view(text, text, int, regclass) is
    'makes a view of the events of one type with a column for each property of the payload, old versions upcast';
