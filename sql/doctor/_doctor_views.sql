-- Views that show more than their reader may see of the tables below.
-- It reads what everyone may read.
create or replace function eventlog._doctor_views(examined eventlog._doctor_table[]) returns setof eventlog._doctor_finding
    language plpgsql stable strict parallel unsafe
    set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    perform eventlog._check_doctor();

    return query
    with recursive over as (
        select m.relation::oid as oid, m.root, c.relrowsecurity as closed
        from unnest(examined) m
        join pg_class c on c.oid = m.relation
        where m.isolated or m.role <> 'table'
        union
        select r.ev_class, over.root, over.closed
        from over
        join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.refclassid = 'pg_class'::regclass
            and d.refobjid = over.oid
        join pg_rewrite r on r.oid = d.objid and r.ev_class <> over.oid
    ),
    views as (
        select c.oid, c.relkind, c.relowner, bool_or(over.closed) as closed,
            string_agg(distinct over.root::text, ', ') as tables,
            exists (
                select from aclexplode(c.relacl) e where e.grantee <> c.relowner
                union all
                select from pg_attribute a, aclexplode(a.attacl) e where a.attrelid = c.oid and e.grantee <> c.relowner
            ) as shared
        from over
        join pg_class c on c.oid = over.oid
        -- A temporary one shows them to nobody else.
        where c.relkind = 'm'
            or c.relkind = 'v' and c.relpersistence <> 't' and not exists (
                select from pg_options_to_table(c.reloptions) o
                where o.option_name = 'security_invoker' and o.option_value::boolean)
        group by c.oid
    )
    select
        case when v.closed and v.shared then 'error' when v.closed then 'warning' else 'info' end,
        format('%s %s', case v.relkind when 'm' then 'materialized view' else 'view' end, v.oid::regclass),
        case v.relkind
            when 'm' then format('keeps rows of %s, and no policy holds for who reads them (the remedy makes a view of it; '
                'or keep it from all who are not to see every tenant)', v.tables)
            else format('shows rows of %s as its owner %s sees them, not as its reader does', v.tables,
                pg_get_userbyid(v.relowner))
        end,
        case v.relkind
            when 'm' then concat_ws('; ',
                format('drop materialized view %s', v.oid::regclass),
                format('create view %s with (security_invoker = true) as %s', v.oid::regclass,
                    rtrim(pg_get_viewdef(v.oid), ';')),
                format('alter view %s owner to %I', v.oid::regclass, pg_get_userbyid(v.relowner)),
                (select string_agg(format('grant select on %s to %s', v.oid::regclass,
                        case when e.grantee = 0 then 'public' else quote_ident(pg_get_userbyid(e.grantee)) end), '; '
                        order by e.grantee)
                    from pg_class c cross join lateral aclexplode(c.relacl) e
                    where c.oid = v.oid and e.privilege_type = 'SELECT' and e.grantee <> c.relowner))
            else format('alter view %s set (security_invoker = true)', v.oid::regclass)
        end
    from views v;
end
$$;

comment on function eventlog._doctor_views(eventlog._doctor_table[]) is
    'internal: what doctor() finds about views over logs and isolated tables';
