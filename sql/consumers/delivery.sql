-- An event as it is handed out: what it is handed out by, then the columns of its log.
create type eventlog.delivery as (
    receipt bigint,
    attempt int,
    shard int,
    replayed boolean,
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

comment on type eventlog.delivery is 'an event that was handed out';
comment on column eventlog.delivery.receipt is 'what ack, nack, renew and release are called with';
comment on column eventlog.delivery.attempt is 'which delivery of the event this is, by the times that it failed';
comment on column eventlog.delivery.shard is 'the shard of the subscription that it belongs to';
comment on column eventlog.delivery.replayed is 'whether the subscription had come past it before';
comment on column eventlog.delivery.tenant_id is 'the tenant as text, whatever its type in the log';
