-- A query that reads columns of the one row of a table that has the primary key in $1, the key's columns in JSON.
-- It reads the catalogue of Postgres alone.
create or replace function eventlog._row_query(relation regclass, columns text[]) returns text
    language sql stable strict parallel safe
    set search_path = pg_catalog, pg_temp
as $$
    select format('select %s from %s t join jsonb_to_record($1) as k (%s) on %s',
        (select string_agg(format('t.%I', c.name), ', ' order by c.ordinality)
            from unnest(columns) with ordinality as c (name, ordinality)),
        relation,
        string_agg(format('%I %s', k.name, format_type(k.type, k.modifier)), ', '),
        -- Where the key is jsonb itself, its null is a value.
        string_agg(format('t.%I %s %s', k.name, k.equal,
            case when k.type = 'jsonb'::regtype then format('($1 -> %L)', k.name) else format('k.%I', k.name) end), ' and '))
    from eventlog._key_columns(relation) k
$$;

comment on function eventlog._row_query(regclass, text[]) is
    'internal: the query that reads columns of a table''s row by its primary key';
