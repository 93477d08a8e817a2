create event trigger eventlog_guard_triggers
    on ddl_command_end
    when tag in ('CREATE TRIGGER')
    execute function eventlog.guard_triggers();

alter event trigger eventlog_guard_triggers enable always;

comment on event trigger eventlog_guard_triggers is
    'lets only the owner of a table replace its gate, guards and capture triggers';
