-- One for all: each event trigger costs every command of DDL a look-up and a call.
create event trigger eventlog_follow_ddl
    on ddl_command_end
    execute function eventlog.follow_ddl();

-- A partition that a replication tool attaches needs its guards as well, and what it does to columns is done to them.
alter event trigger eventlog_follow_ddl enable always;

comment on event trigger eventlog_follow_ddl is
    'guards new partitions, keeps schema eventlog and the extension''s triggers its own, and notes what happens to the '
    'columns of tracked tables';
