-- The key that an entity's id tells, in a row of nulls; null where it tells none.
create or replace function eventlog._past_key("row" anyelement, keys text[], entity_id text) returns anyelement
    language c volatile called on null input parallel unsafe
    as 'MODULE_PATHNAME', 'eventlog_past_key';

-- It looks at nothing but its arguments.
revoke all on function eventlog._past_key(anyelement, text[], text) from public;
grant execute on function eventlog._past_key(anyelement, text[], text) to public;

comment on function eventlog._past_key(anyelement, text[], text) is
    'internal: a table''s key, read from an entity''s id';
