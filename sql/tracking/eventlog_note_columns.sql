create event trigger eventlog_note_columns
    on ddl_command_end
    when tag in ('ALTER TABLE')
    execute function eventlog.note_columns();

-- What a replication tool does to a table's columns is done to them.
alter event trigger eventlog_note_columns enable always;

comment on event trigger eventlog_note_columns is
    'notes columns of tracked tables that are added, renamed or given another type';
