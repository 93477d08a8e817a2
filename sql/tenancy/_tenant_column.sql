-- The column that says whose a row of an isolated table is: the one that was named, or, where it has another name by now,
-- the one that the policies compare.
-- The catalogs, which it reads, are open to everyone.
create or replace function eventlog._tenant_column(relation regclass) returns name
    language sql stable strict parallel unsafe
    set search_path = pg_catalog, pg_temp
as $$
    select coalesce(
        (select a.attname from pg_attribute a
            where a.attrelid = $1 and a.attname = n.name and a.attnum > 0 and not a.attisdropped),
        (select a.attname
            from pg_policy p
            join pg_depend d on d.classid = 'pg_policy'::regclass and d.objid = p.oid
                and d.refclassid = 'pg_class'::regclass and d.refobjid = $1
            join pg_attribute a on a.attrelid = $1 and a.attnum = d.refobjsubid and a.attnum > 0
            where p.polrelid = $1 and p.polname in ('eventlog_read', 'eventlog_delete', 'eventlog_update')
            order by p.polname desc
            limit 1),
        n.name::name, 'tenant_id')
    from (select eventlog._tenancy_note($1) ->> 'column') n (name)
$$;

comment on function eventlog._tenant_column(regclass) is
    'internal: the column that says whose a row of an isolated table is';
