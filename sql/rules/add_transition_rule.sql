-- It refuses everyone but the log's owner.
create or replace function eventlog.add_transition_rule(
    name text,
    entity_type text,
    transitions jsonb,
    path text default null,
    types text[] default null,
    existing text default 'refuse',
    log regclass default null
) returns void
    language c volatile called on null input parallel unsafe
    as 'MODULE_PATHNAME', 'eventlog_add_transition_rule';

comment on function eventlog.add_transition_rule(text, text, jsonb, text, text[], text, regclass) is
    'refuses events that lead an entity from a state to one that must not follow on it; owner of the log only';
