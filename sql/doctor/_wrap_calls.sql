-- An expression in which each call that asks who acts stands in a sub-select of its own.
create or replace function eventlog._wrap_calls(expression text) returns text
    language c immutable strict parallel safe
    as 'MODULE_PATHNAME', 'eventlog_wrap_calls';

-- It only reads its argument.
revoke all on function eventlog._wrap_calls(text) from public;
grant execute on function eventlog._wrap_calls(text) to public;

comment on function eventlog._wrap_calls(text) is
    'internal: an expression whose calls for the context are computed once for each statement';
