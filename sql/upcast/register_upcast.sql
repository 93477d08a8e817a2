-- It refuses everyone but the log's owner.
create or replace function eventlog.register_upcast(
    type text,
    from_version int,
    to_version int,
    steps jsonb default null,
    handler text default null,
    log regclass default null
) returns void
    language c volatile called on null input parallel unsafe
    as 'MODULE_PATHNAME', 'eventlog_register_upcast';

comment on function eventlog.register_upcast(text, int, int, jsonb, text, regclass) is
    'says how payloads of one version become those of a later one, by steps or a function; owner of the log only';
