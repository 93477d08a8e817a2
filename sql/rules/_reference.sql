-- How a reference rule of a log asks a table, or why it may not: `problem` is null where all is well. The statement takes
-- the value and, where there is a tenant column, the tenant, compares them by the operators of the unique index on them,
-- and holds the row that it finds as a foreign key does. It reads the system catalog, which is open to everyone.
create or replace function eventlog._reference(
    log regclass,
    relation regclass,
    column_name text,
    tenant_column text,
    out problem text,
    out sqlstate text,
    out hint text,
    out statement text,
    out types oid[],
    out is_plain boolean
)
    language plpgsql stable called on null input parallel unsafe
    set search_path = pg_catalog, pg_temp
as $$
declare
    target record;
    owner oid := (select c.relowner from pg_class c where c.oid = log);
    -- The column of the value first.
    names text[] := array_remove(array[column_name, tenant_column], null);
    numbers int2[];
    operators oid[];
    missing text;
begin
    hint := 'The table, and a unique index on its columns, have to be there as the rule wants them.';
    select c.relkind, c.relpersistence, format('"%s"', replace(c.oid::regclass::text, '"', '')) as shown into target
    from pg_class c
    where c.oid = relation;
    if target is null then
        problem := format('the relation with the oid %s is gone', relation::oid);
        sqlstate := '42P01';
        return;
    end if;
    if target.relkind not in ('r', 'p') or target.relpersistence = 't' then
        problem := target.shown || ' is no permanent table';
        sqlstate := '42809';
        return;
    end if;

    select array_agg(a.attnum order by n.place), array_agg(a.atttypid::oid order by n.place),
        min(n.name) filter (where a.attnum is null)
    into numbers, types, missing
    from unnest(names) with ordinality n (name, place)
    left join pg_attribute a on a.attrelid = relation and a.attname = n.name and a.attnum > 0 and not a.attisdropped;
    if missing is not null then
        problem := format('%s has no column "%s"', target.shown, replace(missing, '"', ''));
        sqlstate := '42703';
        return;
    end if;

    select min(n.name) into missing
    from unnest(names, numbers) n (name, number)
    where not has_column_privilege(owner, relation, n.number, 'REFERENCES');
    if missing is not null then
        problem := format('the log''s owner lacks the privilege REFERENCES on column "%s" of %s',
            replace(missing, '"', ''), target.shown);
        sqlstate := '42501';
        hint := format('Whoever owns %s grants it to %s.', target.shown, owner::regrole);
        return;
    end if;

    select i.tenant_column into missing
    from eventlog.isolated_table i
    where i.relation = _reference.relation and i.tenant_column is distinct from _reference.tenant_column;
    if missing is not null then
        problem := format('%s is isolated by tenant, and is asked with its column "%s" alone',
            target.shown, replace(missing, '"', ''));
        sqlstate := '22023';
        hint := format('tenant_column => %L', missing);
        return;
    end if;

    select array_agg(o.amopopr order by array_position(numbers, i.attnum)) into operators
    from (
        select x.indexrelid, k.attnum, k.opclass
        from pg_index x
        cross join lateral unnest(x.indkey::int2[], x.indclass::oid[]) with ordinality k (attnum, opclass, place)
        where x.indrelid = relation and x.indisunique and x.indisvalid and x.indimmediate
            and x.indpred is null and x.indexprs is null
            and k.place <= x.indnkeyatts and x.indnkeyatts = cardinality(numbers)
    ) i
    join pg_opclass c on c.oid = i.opclass
    join pg_amop o on o.amopfamily = c.opcfamily and o.amoplefttype = c.opcintype and o.amoprighttype = c.opcintype
        and o.amopstrategy = 3 and o.amopmethod = 403
    where i.attnum = any (numbers)
    group by i.indexrelid
    having count(*) = cardinality(numbers)
    order by i.indexrelid
    limit 1;
    if operators is null then
        problem := format('%s has no unique index on exactly: %s', target.shown,
            (select string_agg(format('"%s"', replace(n, '"', '')), ', ') from unnest(names) n));
        sqlstate := '42830';
        return;
    end if;

    statement := format('select 1 from %s %s r where %s for key share of r',
        case when target.relkind = 'r' then 'only' else '' end, relation,
        (
            select string_agg(
                format('r.%I operator(%I.%s) $%s', a.attname, n.nspname, o.oprname, place),
                ' and ' order by place)
            from unnest(numbers, operators) with ordinality k (number, operator, place)
            join pg_attribute a on a.attrelid = relation and a.attnum = k.number
            join pg_operator o on o.oid = k.operator
            join pg_namespace n on n.oid = o.oprnamespace
        ));
    -- Nothing of anybody else's runs when it is asked.
    is_plain := not exists (
        select from unnest(operators) u (operator)
        join pg_operator o on o.oid = u.operator
        where o.oprnamespace <> 'pg_catalog'::regnamespace);
    hint := null;
end
$$;

comment on function eventlog._reference(regclass, regclass, text, text) is
    'internal: the statement by which a reference rule asks a table, or why it may not';
