-- Not so for types like citext, numeric or interval, of which one value may be written in several ways.
-- It looks at nothing but its arguments.
create or replace function eventlog._key_tells_apart("row" anyelement, keys text[]) returns boolean
    language c stable called on null input parallel unsafe
    as 'MODULE_PATHNAME', 'eventlog_key_tells_apart';

comment on function eventlog._key_tells_apart(anyelement, text[]) is
    'internal: whether keys of a table are equal only where they are written alike';
