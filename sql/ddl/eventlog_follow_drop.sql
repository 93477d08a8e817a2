create event trigger eventlog_follow_drop
    on sql_drop
    execute function eventlog.follow_drop();

-- A table that a replication tool drops is gone as well.
alter event trigger eventlog_follow_drop enable always;

comment on event trigger eventlog_follow_drop is
    'keeps logs and append-only tables from being dropped by accident, and ends the tracking of tables that are dropped';
