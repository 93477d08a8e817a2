-- How far a subscription is: one row a shard, changed once by receive and once by ack.
create table eventlog.subscription_shard (
    subscription_id int not null,
    shard int not null,

    -- Snapshots, marks and numbers as varints: see model::window.
    position bytea not null,

    -- Restored elsewhere, what was handed out does not count, and receipts go on above those of the other cluster.
    system_identifier bigint not null,

    receipt bigint not null default 0,
    receipt_base int not null default 0,
    is_open boolean not null default false,
    lease_until timestamptz,
    holder int,

    -- What the open receipt covers: what the window has from the position up to this number, and single events that had
    -- to wait before. When all of it is settled, the position is the next one.
    next bytea,
    handed_to bigint,
    extras bigint[] not null default '{}',
    unsettled int not null default 0,

    -- Numbers beyond the position that are settled, or wait or are held in rows of their own.
    settled bigint[] not null default '{}',

    expiries int not null default 0,
    careful int not null default 0,

    has_parked boolean not null default false,

    rate bigint not null default 0,
    rated_at timestamptz,

    constraint subscription_shard_pkey primary key (subscription_id, shard)
)
-- Nothing that changes is in an index, and a page has room for new versions of its rows: they stay where they are.
with (fillfactor = 20);

create trigger eventlog_guard_subscription
    after insert on eventlog.subscription_shard
    referencing new table as new_rows
    for each statement execute function eventlog._guard_subscription();

alter table eventlog.subscription_shard enable always trigger eventlog_guard_subscription;

select pg_catalog.pg_extension_config_dump('eventlog.subscription_shard', '');

comment on table eventlog.subscription_shard is 'how far each part of a subscription is, and what it has handed out';
comment on column eventlog.subscription_shard.subscription_id is 'the subscription';
comment on column eventlog.subscription_shard.shard is 'which part of it, counted from 0';
comment on column eventlog.subscription_shard.position is 'which transactions it has seen, and how far it is in an unfinished window';
comment on column eventlog.subscription_shard.system_identifier is 'the cluster that gave the receipt';
comment on column eventlog.subscription_shard.receipt is 'the last receipt that was given';
comment on column eventlog.subscription_shard.receipt_base is 'what the upper bits of receipts are above the timeline';
comment on column eventlog.subscription_shard.is_open is 'whether that receipt is not settled yet';
comment on column eventlog.subscription_shard.lease_until is 'until when the receipt is its holder''s';
comment on column eventlog.subscription_shard.holder is 'process id of the session that received it';
comment on column eventlog.subscription_shard.next is 'the position when the open receipt is settled';
comment on column eventlog.subscription_shard.handed_to is 'the last number of the window that the open receipt covers';
comment on column eventlog.subscription_shard.extras is 'numbers of waiting and held events that the open receipt has';
comment on column eventlog.subscription_shard.unsettled is 'how many events of the open receipt are not settled yet';
comment on column eventlog.subscription_shard.settled is 'numbers beyond the position that do not come again with the window';
comment on column eventlog.subscription_shard.expiries is 'leases in a row that ran out';
comment on column eventlog.subscription_shard.careful is 'how many events are still handed out one at a time';
comment on column eventlog.subscription_shard.has_parked is 'whether events wait or are held';
comment on column eventlog.subscription_shard.rate is 'events in a thousand seconds, by what was handed out in the last minutes';
comment on column eventlog.subscription_shard.rated_at is 'as of when: when something was handed out last';
comment on constraint subscription_shard_pkey on eventlog.subscription_shard is 'a shard has one row';
comment on index eventlog.subscription_shard_pkey is 'a shard has one row';
comment on trigger eventlog_guard_subscription on eventlog.subscription_shard is
    'refuses rows about subscriptions of a log that is not their inserter''s';
