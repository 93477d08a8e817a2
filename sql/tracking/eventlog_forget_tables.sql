create event trigger eventlog_forget_tables
    on sql_drop
    execute function eventlog.forget_tables();

-- A table that a replication tool drops is gone as well.
alter event trigger eventlog_forget_tables enable always;

comment on event trigger eventlog_forget_tables is
    'ends the tracking of tables that are dropped, and notes columns that are';
