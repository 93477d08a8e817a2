-- Dead letters: what failed as often as its subscription allows. The view eventlog.dead_letter shows them.
create table eventlog.dead_event (
    subscription_id int not null,
    shard int not null,
    seq bigint not null,
    event_id uuid not null,
    entity bigint,
    attempts int not null,
    error text,
    dead_at timestamptz not null default pg_catalog.clock_timestamp(),
    constraint dead_event_pkey primary key (subscription_id, seq)
);

create index dead_event_entity on eventlog.dead_event (subscription_id, shard, entity);

create trigger eventlog_guard_subscription
    after insert on eventlog.dead_event
    referencing new table as new_rows
    for each statement execute function eventlog._guard_subscription();

alter table eventlog.dead_event enable always trigger eventlog_guard_subscription;

select pg_catalog.pg_extension_config_dump('eventlog.dead_event', '');

comment on table eventlog.dead_event is 'events that failed for good';
comment on column eventlog.dead_event.subscription_id is 'the subscription';
comment on column eventlog.dead_event.shard is 'its shard';
comment on column eventlog.dead_event.seq is 'number of the event in its log';
comment on column eventlog.dead_event.event_id is 'its id';
comment on column eventlog.dead_event.entity is 'hash of the entity; null for none';
comment on column eventlog.dead_event.attempts is 'how often it failed';
comment on column eventlog.dead_event.error is 'the last error';
comment on column eventlog.dead_event.dead_at is 'when it failed for the last time';
comment on constraint dead_event_pkey on eventlog.dead_event is 'an event dies once';
comment on index eventlog.dead_event_pkey is 'an event dies once';
comment on index eventlog.dead_event_entity is 'finds the dead letters of an entity';
comment on trigger eventlog_guard_subscription on eventlog.dead_event is
    'refuses rows about subscriptions of a log that is not their inserter''s';
