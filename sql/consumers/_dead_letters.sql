create or replace function eventlog._dead_letters() returns table (
    subscription text,
    shard int,
    event_id uuid,
    seq bigint,
    attempts int,
    error text,
    dead_at timestamptz
)
    language c volatile strict parallel unsafe
    rows 10
    as 'MODULE_PATHNAME', 'eventlog_dead_letters';

comment on function eventlog._dead_letters() is 'internal: the dead letters of the subscriptions that belong to the caller';
