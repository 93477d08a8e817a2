-- A query that reads columns of the one row of a table that has the primary key in $1, the key's columns in JSON.
-- It reads the catalogue of Postgres alone.
create or replace function eventlog._row_query(relation regclass, columns text[]) returns text
    language sql stable strict parallel safe
    set search_path = pg_catalog, pg_temp
as $$
    -- The operator is the one by which the index itself tells keys apart: the type may have come with an extension.
    select format('select %s from %s t join jsonb_to_record($1) as k (%s) on %s',
        (select string_agg(format('t.%I', c.name), ', ' order by c.ordinality)
            from unnest(columns) with ordinality as c (name, ordinality)),
        relation,
        string_agg(format('%I %s', a.attname, format_type(a.atttypid, a.atttypmod)), ', '),
        -- Where the key is jsonb itself, its null is a value.
        string_agg(format('t.%I operator(%I.%s) %s', a.attname, n.nspname, o.oprname,
            case when a.atttypid = 'jsonb'::regtype then format('($1 -> %L)', a.attname) else format('k.%I', a.attname) end), ' and '))
    from pg_index i
    cross join unnest(i.indkey::smallint[], i.indclass::oid[]) as part (number, class)
    join pg_attribute a on a.attrelid = i.indrelid and a.attnum = part.number
    join pg_opclass c on c.oid = part.class
    join pg_amop m on m.amopfamily = c.opcfamily
        and m.amoplefttype = c.opcintype
        and m.amoprighttype = c.opcintype
        -- a b-tree's "equal"
        and m.amopstrategy = 3
    join pg_operator o on o.oid = m.amopopr
    join pg_namespace n on n.oid = o.oprnamespace
    where i.indrelid = relation and i.indisprimary
$$;

comment on function eventlog._row_query(regclass, text[]) is
    'internal: the query that reads columns of a table''s row by its primary key';
