-- An event as it is read: where its reader is behind it, then the columns of its log.
create type eventlog.positioned as (
    position text,
    xid bigint,
    seq bigint,
    occurred_at timestamptz,
    recorded_at timestamptz,
    id uuid,
    tenant_id text,
    origin int,
    version int,
    type text,
    entity_type text,
    entity_id text,
    actor_type text,
    actor_id text,
    source_type text,
    source_id text,
    correlation_id text,
    causation_id text,
    idempotency_key text,
    context jsonb,
    payload jsonb
);

comment on type eventlog.positioned is 'an event that was read, and where its reader is behind it';
comment on column eventlog.positioned.position is 'where to read on, as read_events takes it';
comment on column eventlog.positioned.tenant_id is 'the tenant as text, whatever its type in the log';
