-- What isolate_tenants was asked for. The policies say so too, as long as they are there: who takes them off, by whatever
-- means, does not take off what is known here.
create table eventlog.isolated_table (
    relation regclass constraint isolated_table_pkey primary key,
    tenant_column text not null,

    -- By name: the number of a table that is gone would be another one's after a restore.
    members text,
    member text,
    member_tenant text,
    was_enabled boolean not null,
    was_forced boolean not null,
    force boolean not null,

    -- By name as well, since roles are the cluster's and may be missing where a dump is restored.
    readers text[] not null,
    writers text[] not null,
    services text[] not null,
    consumers text[] not null
);

create trigger eventlog_guard_isolated
    before insert on eventlog.isolated_table
    for each row execute function eventlog._guard_isolated();

-- Also where rows arrive by logical replication.
alter table eventlog.isolated_table enable always trigger eventlog_guard_isolated;

-- Not the rows of tables that are gone, should there be any.
select pg_catalog.pg_extension_config_dump('eventlog.isolated_table',
    'where exists (select from pg_catalog.pg_class c where c.oid operator(pg_catalog.=) relation::pg_catalog.oid)');

comment on table eventlog.isolated_table is 'the tables whose rows are kept apart by tenant, and how';
comment on column eventlog.isolated_table.relation is 'the table; its partitions, and the keys of a log, go with it';
comment on column eventlog.isolated_table.tenant_column is 'the column that holds the tenant';
comment on column eventlog.isolated_table.members is 'the table that says of which tenants a user is; null for the current tenant';
comment on column eventlog.isolated_table.member is 'its column of the user';
comment on column eventlog.isolated_table.member_tenant is 'its column of the tenant';
comment on column eventlog.isolated_table.was_enabled is 'whether it had row-level security before';
comment on column eventlog.isolated_table.was_forced is 'whether that held for its owner before';
comment on column eventlog.isolated_table.force is 'whether it is to hold for its owner';
comment on column eventlog.isolated_table.readers is 'who sees the rows of a tenant';
comment on column eventlog.isolated_table.writers is 'who writes the rows of a tenant';
comment on column eventlog.isolated_table.services is 'who adds the events of any tenant';
comment on column eventlog.isolated_table.consumers is 'who sees the events of all tenants';
comment on constraint isolated_table_pkey on eventlog.isolated_table is 'a table is isolated in one way';
comment on index eventlog.isolated_table_pkey is 'a table is isolated in one way';
comment on trigger eventlog_guard_isolated on eventlog.isolated_table is
    'refuses a row about a table that is not its inserter''s';
