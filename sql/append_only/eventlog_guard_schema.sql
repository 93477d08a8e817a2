create event trigger eventlog_guard_schema
    on ddl_command_end
    execute function eventlog.guard_schema();

alter event trigger eventlog_guard_schema enable always;

comment on event trigger eventlog_guard_schema is
    'refuses objects of others in schema eventlog, and other names for it';
