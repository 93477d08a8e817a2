-- A table that doctor() looks at, and what is known of it.
create type eventlog._doctor_table as (
    relation regclass,
    root regclass,
    role text,
    log regclass,
    isolated boolean,
    append_only boolean,
    is_partition boolean,
    kind "char",
    owner oid,
    tenant_column name
);

comment on type eventlog._doctor_table is 'internal: a table that doctor() looks at';
comment on column eventlog._doctor_table.relation is 'the table';
comment on column eventlog._doctor_table.root is 'the table at the top that this one is protected with; it stands for itself too';
comment on column eventlog._doctor_table.role is 'log, keys, rejected or table, as the root is';
comment on column eventlog._doctor_table.log is 'the log that the root is or belongs to';
comment on column eventlog._doctor_table.isolated is 'whether its rows are to be kept apart by tenant';
comment on column eventlog._doctor_table.append_only is 'whether its rows are not to change';
comment on column eventlog._doctor_table.is_partition is 'whether it lies below its root';
comment on column eventlog._doctor_table.kind is 'what kind of relation it is, as in pg_class';
comment on column eventlog._doctor_table.owner is 'who owns it';
comment on column eventlog._doctor_table.tenant_column is 'the column that holds the tenant';
