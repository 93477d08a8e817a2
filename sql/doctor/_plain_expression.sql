-- An expression without what Postgres adds when it shows one (casts, parentheses, names of results, space), so that what was
-- written and what is shown can be compared.
-- It only reads its argument.
create or replace function eventlog._plain_expression(expression text) returns text
    language sql immutable strict parallel safe
    set search_path = pg_catalog, pg_temp
as $$
    select lower(regexp_replace($1, ' AS [a-z_]+|::(character varying|[a-z_]+)|[\s()]', '', 'g'))
$$;

comment on function eventlog._plain_expression(text) is
    'internal: an expression without what Postgres adds when it shows one';
