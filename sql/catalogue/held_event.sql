-- Events behind a nacked one of their entity, until that is acked or dead.
create table eventlog.held_event (
    subscription_id int not null,
    shard int not null,
    entity bigint not null,
    seq bigint not null,
    event_id uuid not null,
    constraint held_event_pkey primary key (subscription_id, shard, seq)
);

create index held_event_entity on eventlog.held_event (subscription_id, shard, entity, seq);

create trigger eventlog_guard_subscription
    after insert on eventlog.held_event
    referencing new table as new_rows
    for each statement execute function eventlog._guard_subscription();

alter table eventlog.held_event enable always trigger eventlog_guard_subscription;

select pg_catalog.pg_extension_config_dump('eventlog.held_event', '');

comment on table eventlog.held_event is 'events that keep their place behind a failed one';
comment on column eventlog.held_event.subscription_id is 'the subscription';
comment on column eventlog.held_event.shard is 'its shard';
comment on column eventlog.held_event.entity is 'hash of the entity';
comment on column eventlog.held_event.seq is 'number of the event in its log';
comment on column eventlog.held_event.event_id is 'its id';
comment on constraint held_event_pkey on eventlog.held_event is 'an event is held once';
comment on index eventlog.held_event_pkey is 'an event is held once';
comment on index eventlog.held_event_entity is 'finds what is held of an entity';
comment on trigger eventlog_guard_subscription on eventlog.held_event is
    'refuses rows about subscriptions of a log that is not their inserter''s';
