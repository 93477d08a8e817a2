-- The functions that an expression of a policy calls for each row: those that do not stand in a sub-select which is
-- computed once, since it refers to nothing outside itself. Read from the tree that the catalog keeps.
-- It only reads its argument.
create or replace function eventlog._calls_per_row(tree text) returns setof oid
    language c immutable strict parallel safe
    rows 10
    as 'MODULE_PATHNAME', 'eventlog_calls_per_row';

comment on function eventlog._calls_per_row(text) is
    'internal: the functions that a policy calls for each row';
