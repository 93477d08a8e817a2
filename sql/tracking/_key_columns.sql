-- The columns of a table's primary key, in order, each with the operator by which the index itself tells keys apart: the
-- type may have come with an extension. It reads the catalogue of Postgres alone.
create or replace function eventlog._key_columns(relation regclass)
    returns table (place bigint, name text, type regtype, modifier int, equal text)
    language sql stable strict parallel safe
    set search_path = pg_catalog, pg_temp
as $$
    select k.place, a.attname::text, a.atttypid::regtype, a.atttypmod, format('operator(%I.%s)', n.nspname, o.oprname)
    from pg_index i
    -- Columns that are only included have no operator class.
    cross join unnest(i.indkey::smallint[], i.indclass::oid[]) with ordinality k (attnum, class, place)
    join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum
    join pg_opclass c on c.oid = k.class
    join pg_amop m on m.amopfamily = c.opcfamily
        and m.amoplefttype = c.opcintype
        and m.amoprighttype = c.opcintype
        -- a b-tree's "equal"
        and m.amopstrategy = 3
    join pg_operator o on o.oid = m.amopopr
    join pg_namespace n on n.oid = o.oprnamespace
    where i.indrelid = relation and i.indisprimary
$$;

comment on function eventlog._key_columns(regclass) is
    'internal: the columns of a table''s primary key, and the operators that tell keys apart';
