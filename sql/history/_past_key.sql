-- The key that an entity's id tells, in a row of nulls; null where it tells none.
-- It looks at nothing but its arguments.
create or replace function eventlog._past_key("row" anyelement, keys text[], entity_id text) returns anyelement
    language c volatile called on null input parallel unsafe
    as 'MODULE_PATHNAME', 'eventlog_past_key';

comment on function eventlog._past_key(anyelement, text[], text) is
    'internal: a table''s key, read from an entity''s id';
