-- The type of tenants in a table that has the columns of a table of idempotency keys, those and no others; null for any
-- other relation.
-- The system catalog, which it reads, is open to everyone.
create or replace function eventlog._claims_tenant(candidate regclass) returns regtype
    language sql stable strict parallel safe
    set search_path = pg_catalog, pg_temp
as $$
    select max(a.atttypid) filter (where a.attname = 'tenant_id')::regtype
    from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where c.oid = $1 and c.relkind = 'r'
    having array['claimed_at', 'event_id', 'hash', 'key', 'tenant_id']
            = array_agg(a.attname::text collate "C" order by a.attname::text collate "C")
        and array['timestamptz', 'uuid', 'bytea', 'text']::regtype[]
            = array_agg(a.atttypid::regtype order by a.attname::text collate "C") filter (where a.attname <> 'tenant_id')
$$;

comment on function eventlog._claims_tenant(regclass) is
    'internal: the type of tenants in a table of idempotency keys; null for any other relation';
