create or replace function eventlog.subscribe(
    name text,
    types text[] default null,
    pattern text default null,
    pattern_kind text default 'exact',
    filters jsonb default null,
    start_at timestamptz default null,
    max_attempts int default 5,
    ordered_by text default 'entity',
    shards int default 1,
    options jsonb default '{}',
    log regclass default null
) returns void
    language c volatile called on null input parallel unsafe
    as 'MODULE_PATHNAME', 'eventlog_subscribe';

comment on function eventlog.subscribe(text, text[], text, text, jsonb, timestamptz, int, text, int, jsonb, regclass) is
    'asks for the events of a log: from now on, from an instant, or from its start';
