-- Entities whose events do not pass: of one a nacked event waits, or is dead and blocks, or held ones are left.
create table eventlog.held_entity (
    subscription_id int not null,
    shard int not null,
    entity bigint not null,
    first_seq bigint,
    constraint held_entity_pkey primary key (subscription_id, shard, entity)
);

create trigger eventlog_guard_subscription
    after insert on eventlog.held_entity
    referencing new table as new_rows
    for each statement execute function eventlog._guard_subscription();

alter table eventlog.held_entity enable always trigger eventlog_guard_subscription;

select pg_catalog.pg_extension_config_dump('eventlog.held_entity', '');

comment on table eventlog.held_entity is 'entities whose later events are held';
comment on column eventlog.held_entity.subscription_id is 'the subscription';
comment on column eventlog.held_entity.shard is 'its shard';
comment on column eventlog.held_entity.entity is 'hash of the entity';
comment on column eventlog.held_entity.first_seq is 'number of the event behind which the others are held';
comment on constraint held_entity_pkey on eventlog.held_entity is 'an entity is held once';
comment on index eventlog.held_entity_pkey is 'an entity is held once';
comment on trigger eventlog_guard_subscription on eventlog.held_entity is
    'refuses rows about subscriptions of a log that is not their inserter''s';
