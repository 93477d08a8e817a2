create table eventlog.log (
    log_id uuid constraint log_pkey primary key,

    -- For people and for finding the table: each use checks that the relation carries the gate with this log_id.
    relation regclass not null,

    -- What a tenant_id column can be cast to from the text of the context.
    tenant_type regtype not null
        constraint log_tenant_type_known
        check (tenant_type operator(pg_catalog.=) any (array['pg_catalog.uuid', 'pg_catalog.text', 'bigint']::regtype[])),

    -- Null is a plain table. Shorter partitions than an hour would be more upkeep than use.
    partition_interval interval
        constraint log_partition_interval_positive
        check (partition_interval operator(pg_catalog.>=) interval '1 hour'),

    unregistered text not null
        constraint log_unregistered_known
        check (unregistered operator(pg_catalog.=) any (array['reject', 'allow'])),

    max_payload_bytes int not null
        constraint log_max_payload_bytes_positive
        check (max_payload_bytes operator(pg_catalog.>) 0),

    require_tenant boolean not null,

    -- What rules of types take away besides stands with the types.
    redact jsonb,
    is_default boolean not null default false,
    created_at timestamptz not null default pg_catalog.clock_timestamp(),
    created_by text not null,

    -- Tells a log that an older release made from one that is damaged. A log of before the numbers has none of its own.
    format int not null default 0
        constraint log_format_not_negative
        check (format operator(pg_catalog.>=) 0)
);

-- A database has one default log at most.
create unique index log_one_default on eventlog.log (is_default) where is_default;

create trigger eventlog_invalidate
    after insert or update or delete on eventlog.log
    for each row execute function eventlog.invalidate_cache();
create trigger eventlog_invalidate_truncate
    after truncate on eventlog.log
    for each statement execute function eventlog.invalidate_cache();

-- Also where rows arrive by logical replication.
alter table eventlog.log
    enable always trigger eventlog_invalidate,
    enable always trigger eventlog_invalidate_truncate;

select pg_catalog.pg_extension_config_dump('eventlog.log', '');

comment on table eventlog.log is 'the logs of this database and their settings';
comment on column eventlog.log.log_id is 'the log''s identity, which the gate on its table carries too';
comment on column eventlog.log.relation is 'the table that holds the events';
comment on column eventlog.log.tenant_type is 'type of the column tenant_id: uuid, text or bigint';
comment on column eventlog.log.partition_interval is 'how much time a partition holds; null for a plain table';
comment on column eventlog.log.unregistered is 'what happens to a type that the taxonomy does not know: reject or allow';
comment on column eventlog.log.max_payload_bytes is 'size limit of a payload and of a context, as stored';
comment on column eventlog.log.require_tenant is 'whether each event must have a tenant';
comment on column eventlog.log.redact is 'what is removed, masked or hashed of every event before it is stored; null for nothing';
comment on column eventlog.log.is_default is 'whether calls that name no log mean this one';
comment on column eventlog.log.created_at is 'when the log was made';
comment on column eventlog.log.created_by is 'the role that made the log';
comment on column eventlog.log.format is 'what its table consists of, by the number of the release that made or repaired it';
comment on constraint log_pkey on eventlog.log is 'a log has one row';
comment on index eventlog.log_pkey is 'a log has one row';
comment on constraint log_tenant_type_known on eventlog.log is 'the types that a tenant may have';
comment on constraint log_partition_interval_positive on eventlog.log is 'an hour at least';
comment on constraint log_unregistered_known on eventlog.log is 'reject or allow';
comment on constraint log_max_payload_bytes_positive on eventlog.log is 'a limit of no bytes would refuse every event';
comment on constraint log_format_not_negative on eventlog.log is 'formats are counted from 1; 0 is older than all';
comment on index eventlog.log_one_default is 'a database has one default log at most';
comment on trigger eventlog_invalidate on eventlog.log is 'tells every session that a log changed';
comment on trigger eventlog_invalidate_truncate on eventlog.log is 'tells every session that the logs are gone';
