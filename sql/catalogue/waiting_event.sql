-- Nacked events, until they are acked or dead letters.
create table eventlog.waiting_event (
    subscription_id int not null,
    shard int not null,
    seq bigint not null,
    event_id uuid not null,
    -- Null for an event that keeps no order.
    entity bigint,
    attempts int not null,
    due_at timestamptz not null,
    error text,
    -- It may have killed its worker: it is handed out by itself.
    is_alone boolean not null default false,
    is_replayed boolean not null default false,
    constraint waiting_event_pkey primary key (subscription_id, shard, seq)
);

create index waiting_event_entity on eventlog.waiting_event (subscription_id, shard, entity, seq);

create trigger eventlog_guard_subscription
    after insert on eventlog.waiting_event
    referencing new table as new_rows
    for each statement execute function eventlog._guard_subscription();

alter table eventlog.waiting_event enable always trigger eventlog_guard_subscription;

select pg_catalog.pg_extension_config_dump('eventlog.waiting_event', '');

comment on table eventlog.waiting_event is 'events that failed and are delivered again';
comment on column eventlog.waiting_event.subscription_id is 'the subscription';
comment on column eventlog.waiting_event.shard is 'its shard';
comment on column eventlog.waiting_event.seq is 'number of the event in its log';
comment on column eventlog.waiting_event.event_id is 'its id';
comment on column eventlog.waiting_event.entity is 'hash of the entity whose later events are held; null for none';
comment on column eventlog.waiting_event.attempts is 'how often it failed';
comment on column eventlog.waiting_event.due_at is 'when it is delivered again';
comment on column eventlog.waiting_event.error is 'the last error';
comment on column eventlog.waiting_event.is_alone is 'whether it is handed out by itself';
comment on column eventlog.waiting_event.is_replayed is 'whether it comes after what is newer';
comment on constraint waiting_event_pkey on eventlog.waiting_event is 'an event waits once';
comment on index eventlog.waiting_event_pkey is 'an event waits once';
comment on index eventlog.waiting_event_entity is 'finds what waits of an entity';
comment on trigger eventlog_guard_subscription on eventlog.waiting_event is
    'refuses rows about subscriptions of a log that is not their inserter''s';
