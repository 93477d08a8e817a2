create or replace function eventlog._subscriptions() returns table (
    name text,
    log regclass,
    role text,
    state text,
    shard int,
    lag_events bigint,
    lag interval,
    oldest_unacked timestamptz,
    attempts int,
    waiting bigint,
    held bigint,
    dead_letters bigint,
    rate_of_1000 bigint,
    receipt bigint,
    lease_until timestamptz,
    holder int,
    caught_up boolean,
    types text[],
    pattern text,
    pattern_kind text,
    filters jsonb,
    max_attempts int,
    ordered_by text,
    shards int,
    next_shards int,
    options jsonb,
    created_at timestamptz,
    has_marks boolean
)
    language c volatile strict parallel unsafe
    rows 10
    as 'MODULE_PATHNAME', 'eventlog_subscriptions';

comment on function eventlog._subscriptions() is 'internal: the subscriptions that belong to the caller';
