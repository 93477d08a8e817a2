-- An expression in which each call that asks who acts stands in a sub-select of its own. The text is taken apart into such
-- calls, literals, quoted names, words and single characters, so that nothing inside a literal is touched.
create function eventlog._wrap_calls(expression text) returns text
    language sql immutable strict parallel safe
    set search_path = pg_catalog, pg_temp
as $$
    select string_agg(
        case when t.token[1] ~ '^(eventlog\.current_|current_setting\(|auth\.).*\)$' then '(select ' || t.token[1] || ')'
            else t.token[1] end,
        '' order by t.place)
    from regexp_matches($1,
        '(eventlog\.current_[a-z]+\(\)|auth\.\w+\(\)|current_setting\(''(?:[^'']|'''')*''::text(?:, (?:true|false))?\)'
            '|''(?:[^'']|'''')*''|"(?:[^"]|"")*"|[\w.$]+|.|\n)', 'g') with ordinality as t (token, place)
$$;

-- It only reads its argument.
revoke all on function eventlog._wrap_calls(text) from public;
grant execute on function eventlog._wrap_calls(text) to public;

comment on function eventlog._wrap_calls(text) is
    'internal: an expression whose calls for the context are computed once for each statement';
