-- Who asked for which events. Nobody but its owner has a right on this table: the functions that read and write it ask
-- whether their caller belongs to the subscription's role.
create table eventlog.subscription (
    subscription_id int constraint subscription_pkey primary key,
    name text not null constraint subscription_name unique,

    -- No foreign keys here and below: a parallel pg_restore loads the tables of an extension in any order.
    log_id uuid not null,

    -- By name: the number of a role would be another one's where a dump is restored.
    role text not null,

    -- Null is all types.
    types text[],
    pattern text,
    pattern_kind text not null
        constraint subscription_pattern_kind_known
        check (pattern_kind operator(pg_catalog.=) any (array['exact', 'prefix', 'regex'])),
    filters jsonb,

    max_attempts int not null
        constraint subscription_max_attempts_positive
        check (max_attempts operator(pg_catalog.>) 0),
    ordered_by text not null
        constraint subscription_ordered_by_known
        check (ordered_by operator(pg_catalog.=) any (array['entity', 'log', 'none'])),

    -- A log in one order is read by one worker at a time.
    shards int not null
        constraint subscription_shards_in_range
        check (shards operator(pg_catalog.>=) 1 and shards operator(pg_catalog.<=) 1024
            and (ordered_by operator(pg_catalog.<>) 'log' or shards operator(pg_catalog.=) 1)),

    -- How many there will be when all of them have read up to the boundary, which is kept as a position.
    next_shards int,
    boundary bytea,
    constraint subscription_next_shards_in_range
        check (next_shards operator(pg_catalog.>=) 1 and next_shards operator(pg_catalog.<=) 1024
            and (ordered_by operator(pg_catalog.<>) 'log' or next_shards operator(pg_catalog.=) 1)),
    constraint subscription_boundary_known
        check ((next_shards is null) operator(pg_catalog.=) (boundary is null)),

    on_dead text not null
        constraint subscription_on_dead_known
        check (on_dead operator(pg_catalog.=) any (array['skip', 'block', 'pause'])),
    retry_base interval not null,
    retry_max interval not null,
    keep interval not null,

    -- What it was before is known by another one: whoever keeps something made of this row looks at it.
    revision uuid not null default pg_catalog.gen_random_uuid(),
    is_paused boolean not null default false,
    created_at timestamptz not null default pg_catalog.clock_timestamp()
);

create trigger eventlog_guard_subscription
    after insert on eventlog.subscription
    referencing new table as new_rows
    for each statement execute function eventlog._guard_subscription();

alter table eventlog.subscription enable always trigger eventlog_guard_subscription;

select pg_catalog.pg_extension_config_dump('eventlog.subscription', '');

comment on table eventlog.subscription is 'who asked for which events, and how they are delivered';
comment on column eventlog.subscription.subscription_id is 'its number';
comment on column eventlog.subscription.name is 'the name by which it is called';
comment on column eventlog.subscription.log_id is 'the log whose events it gets';
comment on column eventlog.subscription.role is 'the role that made it, as which the log is read';
comment on column eventlog.subscription.types is 'the event types that it gets; null for all';
comment on column eventlog.subscription.pattern is 'what an event type has to match; null for all';
comment on column eventlog.subscription.pattern_kind is 'how the pattern is read: exact, prefix or regex';
comment on column eventlog.subscription.filters is 'what has to hold for an event, all of it';
comment on column eventlog.subscription.max_attempts is 'how often an event is delivered before it is a dead letter';
comment on column eventlog.subscription.ordered_by is 'what keeps its order behind a nacked event: entity, log or none';
comment on column eventlog.subscription.shards is 'into how many parts it is split, each for one worker at a time';
comment on column eventlog.subscription.next_shards is 'into how many parts it is going to be split; null for no others';
comment on column eventlog.subscription.boundary is 'up to where the present parts read before there are others';
comment on column eventlog.subscription.on_dead is 'what a dead letter does to the later events of its entity: skip, block or pause';
comment on column eventlog.subscription.retry_base is 'how long the first retry waits; each further one twice as long';
comment on column eventlog.subscription.retry_max is 'how long a retry waits at most';
comment on column eventlog.subscription.keep is 'how long it holds partitions that it has not read';
comment on column eventlog.subscription.revision is 'changes with what it asks for';
comment on column eventlog.subscription.is_paused is 'whether a dead letter has paused it';
comment on column eventlog.subscription.created_at is 'when it was made';
comment on constraint subscription_pkey on eventlog.subscription is 'a subscription has one row';
comment on index eventlog.subscription_pkey is 'a subscription has one row';
comment on constraint subscription_name on eventlog.subscription is 'a name means one subscription';
comment on index eventlog.subscription_name is 'finds a subscription by its name';
comment on constraint subscription_pattern_kind_known on eventlog.subscription is 'exact, prefix or regex';
comment on constraint subscription_max_attempts_positive on eventlog.subscription is 'an event is delivered once at least';
comment on constraint subscription_ordered_by_known on eventlog.subscription is 'entity, log or none';
comment on constraint subscription_shards_in_range on eventlog.subscription is 'one to 1024, and one where the log keeps its order';
comment on constraint subscription_next_shards_in_range on eventlog.subscription is 'one to 1024, and one where the log keeps its order';
comment on constraint subscription_boundary_known on eventlog.subscription is 'other parts begin at a boundary';
comment on constraint subscription_on_dead_known on eventlog.subscription is 'skip, block or pause';
comment on trigger eventlog_guard_subscription on eventlog.subscription is
    'refuses rows about subscriptions of a log that is not their inserter''s';
