-- An expression in which each call that asks who acts stands in a sub-select of its own.
-- It only reads its argument.
create or replace function eventlog._wrap_calls(expression text) returns text
    language c immutable strict parallel safe
    as 'MODULE_PATHNAME', 'eventlog_wrap_calls';

comment on function eventlog._wrap_calls(text) is
    'internal: an expression whose calls for the context are computed once for each statement';
