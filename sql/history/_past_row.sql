-- A row as it was: from the row that is there, null where none is, and from what eventlog._undo says of it. What the
-- columns' types do not take is null, and counted in the reading; a row whose key cannot be read is null.
--
-- Checks of domains run as the owner of the domain. Parallel unsafe: each row is read in a subtransaction.
-- table_as_of calls it as its caller. It makes a row of its arguments.
create or replace function eventlog._past_row(
    "row" anyelement,
    undone jsonb,
    keys text[],
    tenant_column text,
    blind text[],
    reading bigint
) returns anyelement
    language c volatile called on null input parallel unsafe
    as 'MODULE_PATHNAME', 'eventlog_past_row';

comment on function eventlog._past_row(anyelement, jsonb, text[], text, text[], bigint) is
    'internal: a row as it was, from what is there now and what events say';
