-- The type of tenants in a table that has the columns of a table of rejected events; null for any other relation. Columns
-- of the owner's beside them do no harm.
-- The system catalog, which it reads, is open to everyone.
create or replace function eventlog._rejected_tenant(candidate regclass) returns regtype
    language sql stable strict parallel safe
    set search_path = pg_catalog, pg_temp
as $$
    select max(a.atttypid) filter (where a.attname = 'tenant_id')::regtype
    from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where c.oid = $1 and c.relkind = 'r'
    having count(*) filter (where (a.attname, a.atttypid) in (
        ('id', 'uuid'::regtype), ('received_at', 'timestamptz'::regtype), ('source', 'text'::regtype),
        ('sent_by', 'name'::regtype), ('actor_type', 'text'::regtype), ('actor_id', 'text'::regtype),
        ('event', 'json'::regtype), ('bytes', 'bigint'::regtype), ('sha256', 'bytea'::regtype),
        ('redacted', 'text[]'::regtype), ('violations', 'jsonb'::regtype), ('attempts', 'int'::regtype),
        ('resolved_at', 'timestamptz'::regtype), ('resolved_event_id', 'uuid'::regtype),
        ('discarded_reason', 'text'::regtype))) = 15
$$;

comment on function eventlog._rejected_tenant(regclass) is
    'internal: the type of tenants in a table of rejected events; null for any other relation';
