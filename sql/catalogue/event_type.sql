create table eventlog.event_type (
    -- No foreign key to eventlog.log: a parallel pg_restore loads the tables of an extension in any order.
    log_id uuid not null,
    type text not null,
    version int not null
        constraint event_type_version_positive
        check (version operator(pg_catalog.>) 0),
    is_default boolean not null,
    status text not null default 'active'
        constraint event_type_status_known
        check (status operator(pg_catalog.=) any (array['active', 'retired'])),
    domain text,
    description text,
    required text[] not null default '{}',
    optional text[] not null default '{}',
    max_payload_bytes int
        constraint event_type_max_payload_bytes_positive
        check (max_payload_bytes operator(pg_catalog.>) 0),
    entity_types text[],
    actor_types text[],
    schema jsonb,
    context_schema jsonb,
    additional text not null default 'allow'
        constraint event_type_additional_known
        check (additional operator(pg_catalog.=) any (array['allow', 'reject', 'strip'])),
    compatibility text not null default 'none'
        constraint event_type_compatibility_known
        check (compatibility operator(pg_catalog.=) any (array['none', 'backward', 'forward', 'full'])),
    redact jsonb,
    enforce text not null default 'reject'
        constraint event_type_enforce_known
        check (enforce operator(pg_catalog.=) any (array['reject', 'report'])),
    owner text,
    docs_url text,
    registered_at timestamptz not null default pg_catalog.clock_timestamp(),
    registered_by text not null,
    constraint event_type_pkey primary key (log_id, type, version),

    -- The column of a log takes no longer ones either.
    constraint event_type_type_length
        check (pg_catalog.char_length(type) operator(pg_catalog.>=) 1
            and pg_catalog.char_length(type) operator(pg_catalog.<=) 255)
);

-- An event that names no version gets this one.
create unique index event_type_one_default on eventlog.event_type (log_id, type) where is_default;

create trigger eventlog_invalidate
    after insert or update or delete on eventlog.event_type
    for each row execute function eventlog.invalidate_cache();
create trigger eventlog_invalidate_truncate
    after truncate on eventlog.event_type
    for each statement execute function eventlog.invalidate_cache();

-- Also where rows arrive by logical replication.
alter table eventlog.event_type
    enable always trigger eventlog_invalidate,
    enable always trigger eventlog_invalidate_truncate;

select pg_catalog.pg_extension_config_dump('eventlog.event_type', '');

comment on table eventlog.event_type is 'the taxonomy: the contract of each version of each event type';
comment on column eventlog.event_type.log_id is 'the log whose taxonomy this belongs to';
comment on column eventlog.event_type.type is 'the event type';
comment on column eventlog.event_type.version is 'the version of its contract, from 1';
comment on column eventlog.event_type.is_default is 'whether an event that names no version gets this one';
comment on column eventlog.event_type.status is 'active, or retired: such events are refused and old ones stay';
comment on column eventlog.event_type.domain is 'the part of the business that it belongs to';
comment on column eventlog.event_type.description is 'what it means that such an event happened';
comment on column eventlog.event_type.required is 'the keys that a payload must have';
comment on column eventlog.event_type.optional is 'the keys that a payload may have besides';
comment on column eventlog.event_type.max_payload_bytes is 'size limit of a payload of this type; null for the log''s';
comment on column eventlog.event_type.entity_types is 'the kinds of entity it may happen to; null for any';
comment on column eventlog.event_type.actor_types is 'the kinds of actor who may do it; null for any';
comment on column eventlog.event_type.schema is 'the JSON Schema that a payload must match; null for any';
comment on column eventlog.event_type.context_schema is 'the JSON Schema that a context must match; null for any';
comment on column eventlog.event_type.additional is
    'what becomes of keys at the top of a payload that the contract does not know: allow, reject or strip';
comment on column eventlog.event_type.compatibility is
    'what a new version owes the versions before it: none, backward, forward or full';
comment on column eventlog.event_type.redact is 'what is removed, masked or hashed of its events before they are stored, beside what the log says; null for nothing';
comment on column eventlog.event_type.enforce is 'what becomes of an event that breaks its schema: reject, or report';
comment on column eventlog.event_type.owner is 'who answers for the contract';
comment on column eventlog.event_type.docs_url is 'where the contract is described';
comment on column eventlog.event_type.registered_at is 'when this version was registered or last changed';
comment on column eventlog.event_type.registered_by is 'the role that registered or last changed it';
comment on constraint event_type_pkey on eventlog.event_type is 'a version of a type has one contract';
comment on index eventlog.event_type_pkey is 'a version of a type has one contract';
comment on constraint event_type_version_positive on eventlog.event_type is 'versions count from 1';
comment on constraint event_type_status_known on eventlog.event_type is 'active or retired';
comment on constraint event_type_additional_known on eventlog.event_type is 'allow, reject or strip';
comment on constraint event_type_compatibility_known on eventlog.event_type is 'none, backward, forward or full';
comment on constraint event_type_enforce_known on eventlog.event_type is 'reject or report';
comment on constraint event_type_max_payload_bytes_positive on eventlog.event_type is
    'a limit of no bytes would refuse every event';
comment on constraint event_type_type_length on eventlog.event_type is 'a type has 1 to 255 characters';
comment on index eventlog.event_type_one_default is 'a type has one default version at most';
comment on trigger eventlog_invalidate on eventlog.event_type is 'tells every session that the taxonomy changed';
comment on trigger eventlog_invalidate_truncate on eventlog.event_type is 'tells every session that the taxonomy is gone';
