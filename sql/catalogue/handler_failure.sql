-- Errors of handlers that let the event be written. The view eventlog.handler_error shows them; a message may say what is
-- in an event, so nobody but the log's owner sees it.
create table eventlog.handler_failure (
    failure_id uuid default eventlog.new_event_id()
        constraint handler_failure_pkey primary key,
    at timestamptz not null default pg_catalog.clock_timestamp(),
    log_id uuid not null,
    handler text not null,
    event_id uuid not null,
    sqlstate text not null,
    message text not null,
    detail text,
    hint text,
    context text
);

create index handler_failure_log on eventlog.handler_failure (log_id, handler);

select pg_catalog.pg_extension_config_dump('eventlog.handler_failure', '');

comment on table eventlog.handler_failure is 'errors of handlers whose events were written all the same';
comment on column eventlog.handler_failure.failure_id is 'identity of the entry, rising with time';
comment on column eventlog.handler_failure.at is 'when it failed';
comment on column eventlog.handler_failure.log_id is 'the log that the event is in';
comment on column eventlog.handler_failure.handler is 'name of the handler';
comment on column eventlog.handler_failure.event_id is 'the event that it was called for';
comment on column eventlog.handler_failure.sqlstate is 'SQLSTATE of the error';
comment on column eventlog.handler_failure.message is 'what the error says';
comment on column eventlog.handler_failure.detail is 'its DETAIL';
comment on column eventlog.handler_failure.hint is 'its HINT';
comment on column eventlog.handler_failure.context is 'where it came from';
comment on constraint handler_failure_pkey on eventlog.handler_failure is 'an entry is written once';
comment on index eventlog.handler_failure_pkey is 'an entry is written once';
comment on index eventlog.handler_failure_log is 'finds the errors of a log''s handlers';
