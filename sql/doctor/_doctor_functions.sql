-- Security definer functions that look names up by their caller's search path, or in a schema where others can make
-- what they find.
-- It reads what everyone may read.
create or replace function eventlog._doctor_functions(examined eventlog._doctor_table[]) returns setof eventlog._doctor_finding
    language plpgsql stable strict parallel unsafe
    set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    perform eventlog._check_doctor();

    return query
    with names as materialized (
        select 'eventlog' as name
        union
        select lower(c.relname)
        from unnest(examined) m join pg_class c on c.oid = m.relation
        where m.isolated or m.role <> 'table'
    ),
    -- Where others than the owner of the function or of the schema may make something.
    open_schemas as (
        select n.oid, n.nspname, e.grantee
        from pg_namespace n
        cross join lateral aclexplode(n.nspacl) e
        left join pg_roles r on r.oid = e.grantee
        where e.privilege_type = 'CREATE' and e.grantee <> n.nspowner and r.rolsuper is not true
    ),
    definers as (
        select p.oid, p.proowner, n.oid as schema_oid, n.nspname,
            (select substring(setting from 'search_path=(.*)') from unnest(p.proconfig) s (setting)
                where setting like 'search\_path=%') as path,
            lower(p.prosrc) as source,
            exists (
                select from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) e
                where e.privilege_type = 'EXECUTE' and e.grantee <> p.proowner) as shared,
            exists (
                select from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) e
                where e.privilege_type = 'EXECUTE' and e.grantee = 0) as open
        from pg_proc p
        join pg_namespace n on n.oid = p.pronamespace
        join pg_language l on l.oid = p.prolang and l.lanname not in ('c', 'internal')
        where p.prosecdef
            -- A body that is bound when it is made looks up nothing.
            and p.prosqlbody is null
            -- nor is any written that is larger
            and octet_length(p.prosrc) < 1000000
            and n.nspname not in ('pg_catalog', 'information_schema', 'eventlog')
            and not exists (
                select from pg_depend d
                where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
    ),
    found as (
        select d.*, f.open_schema,
            -- By its words; names that are none are looked for as they are.
            exists (
                select from regexp_split_to_table(d.source, '\W+') word join names on names.name = word)
            or exists (
                select from names where names.name ~ '\W' and strpos(d.source, names.name) > 0) as concerns_us
        from definers d
        left join lateral (
            select o.nspname
            from regexp_matches(left(d.path, 10000), '"((?:[^"]|"")*)"|([^",\s]+)', 'g') part
            join open_schemas o on o.nspname = coalesce(replace(part[1], '""', '"'), part[2]) and o.grantee <> d.proowner
            limit 1
        ) f (open_schema) on true
        where d.path is null or f.open_schema is not null
    )
    select
        case when f.concerns_us and f.shared then 'error' when f.concerns_us then 'warning' else 'info' end,
        format('function %s', f.oid::regprocedure),
        format('runs as %s and looks up names %s, where its caller can put others (qualify what the remedy leaves out)',
            pg_get_userbyid(f.proowner),
            case when f.path is null then 'by its caller''s search_path' else format('in schema %I', f.open_schema) end),
        format('alter routine %s set search_path = pg_catalog, %spg_temp', f.oid::regprocedure,
            case when not exists (
                select from open_schemas o where o.oid = f.schema_oid and o.grantee <> f.proowner)
                then quote_ident(f.nspname) || ', ' else '' end)
    from found f
    where f.concerns_us or f.open;
end
$$;

comment on function eventlog._doctor_functions(eventlog._doctor_table[]) is
    'internal: what doctor() finds about security definer functions';
