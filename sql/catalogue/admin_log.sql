create table eventlog.admin_log (
    id uuid default eventlog.new_event_id()
        constraint admin_log_pkey primary key,
    at timestamptz not null default pg_catalog.clock_timestamp(),
    role text not null,
    session_role text not null,
    action text not null,
    log_id uuid,
    object text,
    detail jsonb
);

-- The record of what was done to logs is itself append-only.
create trigger eventlog_append_only_row
    before update or delete on eventlog.admin_log
    for each row execute function eventlog.forbid_change();
create trigger eventlog_append_only
    before update or delete or truncate on eventlog.admin_log
    for each statement execute function eventlog.forbid_change();
alter table eventlog.admin_log
    enable always trigger eventlog_append_only_row,
    enable always trigger eventlog_append_only;

select pg_catalog.pg_extension_config_dump('eventlog.admin_log', '');

comment on table eventlog.admin_log is 'who changed what about logs, taxonomies and guards; append-only';
comment on column eventlog.admin_log.id is 'identity of the entry, rising with time';
comment on column eventlog.admin_log.at is 'when it was done';
comment on column eventlog.admin_log.role is 'the role in whose name it was done';
comment on column eventlog.admin_log.session_role is 'the role that had logged in';
comment on column eventlog.admin_log.action is 'the function that did it, or drop';
comment on column eventlog.admin_log.log_id is 'the log that it was done to, if it was one';
comment on column eventlog.admin_log.object is 'what it was done to: a relation, an event type or a role';
comment on column eventlog.admin_log.detail is 'what exactly changed';
comment on constraint admin_log_pkey on eventlog.admin_log is 'an entry is written once';
comment on index eventlog.admin_log_pkey is 'an entry is written once';
comment on trigger eventlog_append_only_row on eventlog.admin_log is 'refuses to change or remove a row';
comment on trigger eventlog_append_only on eventlog.admin_log is
    'refuses update, delete and truncate, also where they would touch no row';
