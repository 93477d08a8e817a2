-- Whether a table has the row with this primary key, given as the key's columns in JSON. Called as the table's owner.
create function eventlog._has_row(relation regclass, key jsonb) returns boolean
    language plpgsql volatile strict parallel unsafe
    set search_path = pg_catalog, pg_temp
as $$
declare
    columns text;
    condition text;
    answer boolean;
begin
    -- The operator is the one by which the index itself tells keys apart: the type may have come with an extension.
    select string_agg(format('%I %s', a.attname, format_type(a.atttypid, a.atttypmod)), ', '),
        string_agg(format('t.%1$I operator(%2$I.%3$s) k.%1$I', a.attname, n.nspname, o.oprname), ' and ')
    into strict columns, condition
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
    where i.indrelid = relation and i.indisprimary;

    execute format('select exists (select from %s t join jsonb_to_record($1) as k (%s) on %s)', relation, columns, condition)
    into answer
    using key;
    return answer;
end
$$;

-- It reads as its caller.
revoke all on function eventlog._has_row(regclass, jsonb) from public;
grant execute on function eventlog._has_row(regclass, jsonb) to public;

comment on function eventlog._has_row(regclass, jsonb) is
    'internal: whether a table has the row with this primary key';
