-- The columns of a log and their types; that of the tenant is the log's own.
-- It says what the manual says.
create or replace function eventlog._log_columns() returns table (name name, type regtype)
    language sql immutable strict parallel safe
    rows 20
    set search_path = pg_catalog, pg_temp
as $$
    values
        ('xid'::name, 'bigint'::regtype),
        ('seq', 'bigint'),
        ('occurred_at', 'timestamptz'),
        ('recorded_at', 'timestamptz'),
        ('id', 'uuid'),
        ('tenant_id', null),
        ('origin', 'int'),
        ('version', 'int'),
        ('type', 'text'),
        ('entity_type', 'text'),
        ('entity_id', 'text'),
        ('actor_type', 'text'),
        ('actor_id', 'text'),
        ('source_type', 'text'),
        ('source_id', 'text'),
        ('correlation_id', 'text'),
        ('causation_id', 'text'),
        ('idempotency_key', 'text'),
        ('context', 'jsonb'),
        ('payload', 'jsonb')
$$;

comment on function eventlog._log_columns() is 'internal: the columns of a log and their types';
