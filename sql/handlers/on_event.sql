create or replace function eventlog.on_event(
    name text,
    handler text,
    types text[] default null,
    pattern text default null,
    pattern_kind text default 'exact',
    filters jsonb default null,
    mode text default 'sync',
    on_error text default 'raise',
    max_attempts int default 5,
    options jsonb default '{}',
    log regclass default null
) returns void
    language c volatile called on null input parallel unsafe
    as 'MODULE_PATHNAME', 'eventlog_on_event';

comment on function eventlog.on_event(text, text, text[], text, text, jsonb, text, text, int, jsonb, regclass) is
    'has a function called for events of a log: in the transaction that writes them, or behind it';
