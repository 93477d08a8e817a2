create event trigger eventlog_forget_tables
    on sql_drop
    execute function eventlog.forget_tables();

-- A table that a replication tool drops is gone as well.
alter event trigger eventlog_forget_tables enable always;

comment on event trigger eventlog_forget_tables is
    'keeps logs and append-only tables from being dropped by accident, and ends the tracking of tables that are dropped';
