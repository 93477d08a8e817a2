create event trigger eventlog_note_columns
    on ddl_command_end
    -- Postgres renames a table's column for whoever calls the table a view, or the column an attribute.
    when tag in ('ALTER TABLE', 'ALTER VIEW', 'ALTER MATERIALIZED VIEW', 'ALTER FOREIGN TABLE', 'ALTER TYPE',
        'ALTER INDEX', 'ALTER SEQUENCE')
    execute function eventlog.note_columns();

-- What a replication tool does to a table's columns is done to them.
alter event trigger eventlog_note_columns enable always;

comment on event trigger eventlog_note_columns is
    'notes what happens to the columns of tracked tables, and to the types of their values';
