-- The type that the context's text is cast to for a column: what a domain rests on; null where it is none that a tenant
-- or an actor can have.
-- The system catalog, which it reads, is open to everyone.
create or replace function eventlog._tenant_type(relation regclass, column_name name) returns regtype
    language sql stable strict parallel safe
    set search_path = pg_catalog, pg_temp
as $$
    with recursive base (type) as (
        select a.atttypid
        from pg_attribute a
        where a.attrelid = $1 and a.attname = $2 and a.attnum > 0 and not a.attisdropped
        union all
        select t.typbasetype from base join pg_type t on t.oid = base.type where t.typtype = 'd'
    )
    select case when type = 'varchar'::regtype then 'text'::regtype else type::regtype end
    from base
    where type in ('uuid'::regtype, 'bigint'::regtype, 'int'::regtype, 'text'::regtype, 'varchar'::regtype)
$$;

comment on function eventlog._tenant_type(regclass, name) is
    'internal: the type that a tenant has in a column';
