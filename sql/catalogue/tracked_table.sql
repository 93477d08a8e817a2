create table eventlog.tracked_table (
    -- What the capture triggers of the table carry as their argument: it survives renames, dumps and restores.
    tracking_id uuid constraint tracked_table_pkey primary key,

    -- Null once the tracking has ended: the number of a table that is gone would be another one's after a restore.
    relation regclass,

    -- No foreign key to eventlog.log: a parallel pg_restore loads the tables of an extension in any order.
    log_id uuid not null,
    entity_type text not null
        constraint tracked_table_entity_type_given
        check (entity_type operator(pg_catalog.<>) ''),
    fields text[],
    ignore text[],
    tenant_column text,
    state_column text,
    deleted_column text,
    carry_values boolean not null,
    on_truncate text not null default 'refuse'
        constraint tracked_table_on_truncate_known
        check (on_truncate operator(pg_catalog.=) any (array['refuse', 'capture'])),
    tracked_since timestamptz not null default pg_catalog.clock_timestamp(),
    tracked_until timestamptz,
    tracked_by text not null,
    constraint tracked_table_ended
        check ((relation is null) operator(pg_catalog.=) (tracked_until is not null))
);

-- A table is tracked once.
create unique index tracked_table_relation on eventlog.tracked_table (relation) where relation is not null;

-- One table alone tells the life of a kind of entity: two would mix entities that have the same key.
create unique index tracked_table_entity_type on eventlog.tracked_table (log_id, entity_type) where relation is not null;

-- Whoever reads an entity's history reads what its table was tracked by before, too.
create index tracked_table_entity on eventlog.tracked_table (log_id, entity_type);

create trigger eventlog_guard_tracking
    before insert on eventlog.tracked_table
    for each row execute function eventlog._guard_tracking();
create trigger eventlog_invalidate
    after insert or update or delete on eventlog.tracked_table
    for each row execute function eventlog.invalidate_cache();
create trigger eventlog_invalidate_truncate
    after truncate on eventlog.tracked_table
    for each statement execute function eventlog.invalidate_cache();

-- Also where rows arrive by logical replication.
alter table eventlog.tracked_table
    enable always trigger eventlog_guard_tracking,
    enable always trigger eventlog_invalidate,
    enable always trigger eventlog_invalidate_truncate;

select pg_catalog.pg_extension_config_dump('eventlog.tracked_table', '');

comment on table eventlog.tracked_table is 'the tables whose changes become events, and those that were tracked once';
comment on column eventlog.tracked_table.tracking_id is 'identity of the tracking, which the capture triggers carry';
comment on column eventlog.tracked_table.relation is 'the table; null once the tracking has ended';
comment on column eventlog.tracked_table.log_id is 'the log that the events go to';
comment on column eventlog.tracked_table.entity_type is 'entity type of the events, and first part of their types';
comment on column eventlog.tracked_table.fields is 'the columns that are tracked; null for all';
comment on column eventlog.tracked_table.ignore is 'columns that are not tracked';
comment on column eventlog.tracked_table.tenant_column is 'the column that holds the tenant; null for the context''s';
comment on column eventlog.tracked_table.state_column is 'the column whose change is a state_changed event';
comment on column eventlog.tracked_table.deleted_column is 'the column that marks a row as deleted';
comment on column eventlog.tracked_table.carry_values is 'whether created and deleted events carry the row''s values';
comment on column eventlog.tracked_table.on_truncate is
    'refuse: TRUNCATE fails; capture: it writes an event for each row';
comment on column eventlog.tracked_table.tracked_since is 'when the tracking began';
comment on column eventlog.tracked_table.tracked_until is 'when it ended; null while it goes on';
comment on column eventlog.tracked_table.tracked_by is 'the role that began it';
comment on constraint tracked_table_pkey on eventlog.tracked_table is 'a tracking has one row';
comment on index eventlog.tracked_table_pkey is 'a tracking has one row';
comment on constraint tracked_table_entity_type_given on eventlog.tracked_table is 'an entity has a type';
comment on constraint tracked_table_on_truncate_known on eventlog.tracked_table is 'TRUNCATE is refused or captured';
comment on constraint tracked_table_ended on eventlog.tracked_table is 'a tracking has a table until it ends';
comment on index eventlog.tracked_table_relation is 'a table is tracked once';
comment on index eventlog.tracked_table_entity_type is 'one table tells the life of a kind of entity';
comment on index eventlog.tracked_table_entity is 'finds the trackings, past ones too, of a kind of entity';
comment on trigger eventlog_guard_tracking on eventlog.tracked_table is
    'refuses a tracking that its inserter could not begin';
comment on trigger eventlog_invalidate on eventlog.tracked_table is 'tells every session that a tracking changed';
comment on trigger eventlog_invalidate_truncate on eventlog.tracked_table is
    'tells every session that the trackings are gone';
