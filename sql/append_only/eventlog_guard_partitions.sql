create event trigger eventlog_guard_partitions
    on ddl_command_end
    when tag in ('CREATE TABLE', 'ALTER TABLE', 'CREATE SCHEMA', 'CREATE FOREIGN TABLE', 'ALTER FOREIGN TABLE',
        'IMPORT FOREIGN SCHEMA')
    execute function eventlog.guard_partitions();

-- A partition that a replication tool attaches needs its guards as well.
alter event trigger eventlog_guard_partitions enable always;

comment on event trigger eventlog_guard_partitions is
    'guards partitions that are made below, or attached to, an append-only table';
