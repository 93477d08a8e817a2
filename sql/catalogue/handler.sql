-- What is called for events: see eventlog.handlers.
create table eventlog.handler (
    name text constraint handler_pkey primary key,

    -- No foreign key to eventlog.log: a parallel pg_restore loads the tables of an extension in any order.
    log_id uuid not null,

    -- By name: the number of a function would be another one's where a dump is restored, and a column of type
    -- regprocedure stops pg_upgrade.
    handler text not null,

    -- Null is all types.
    types text[],
    pattern text,
    pattern_kind text not null
        constraint handler_pattern_kind_known
        check (pattern_kind operator(pg_catalog.=) any (array['exact', 'prefix', 'regex'])),
    filters jsonb,
    mode text not null
        constraint handler_mode_known
        check (mode operator(pg_catalog.=) any (array['sync', 'async'])),
    on_error text not null
        constraint handler_on_error_known
        check (on_error operator(pg_catalog.=) any (array['raise', 'record'])),
    made_by text not null,
    made_at timestamptz not null default pg_catalog.clock_timestamp()
);

create index handler_log on eventlog.handler (log_id);

create trigger eventlog_guard_handler
    before insert on eventlog.handler
    for each row execute function eventlog._guard_log_row('handler "%s"', 'Handlers are made with eventlog.on_event().');
create trigger eventlog_invalidate
    after insert or update or delete on eventlog.handler
    for each row execute function eventlog.invalidate_cache();
create trigger eventlog_invalidate_truncate
    after truncate on eventlog.handler
    for each statement execute function eventlog.invalidate_cache();

-- Also where rows arrive by logical replication.
alter table eventlog.handler
    enable always trigger eventlog_guard_handler,
    enable always trigger eventlog_invalidate,
    enable always trigger eventlog_invalidate_truncate;

select pg_catalog.pg_extension_config_dump('eventlog.handler', '');

comment on table eventlog.handler is 'the functions that are called for events';
comment on column eventlog.handler.name is 'the name by which it is called';
comment on column eventlog.handler.log_id is 'the log whose events it is called for';
comment on column eventlog.handler.handler is 'name of the function, with its schema';
comment on column eventlog.handler.types is 'the event types that it is called for; null for all';
comment on column eventlog.handler.pattern is 'what an event type has to match; null for all';
comment on column eventlog.handler.pattern_kind is 'how the pattern is read: exact, prefix or regex';
comment on column eventlog.handler.filters is 'what has to hold for an event, all of it';
comment on column eventlog.handler.mode is 'sync: in the transaction that writes the event; async: behind it';
comment on column eventlog.handler.on_error is 'raise: an error refuses the event; record: it is kept, and the event written';
comment on column eventlog.handler.made_by is 'the role that made it';
comment on column eventlog.handler.made_at is 'when it was made, or made anew';
comment on constraint handler_pkey on eventlog.handler is 'a name means one handler';
comment on index eventlog.handler_pkey is 'finds a handler by its name';
comment on index eventlog.handler_log is 'finds the handlers of a log';
comment on constraint handler_pattern_kind_known on eventlog.handler is 'exact, prefix or regex';
comment on constraint handler_mode_known on eventlog.handler is 'sync or async';
comment on constraint handler_on_error_known on eventlog.handler is 'raise or record';
comment on trigger eventlog_guard_handler on eventlog.handler is 'refuses a handler that its inserter could not make';
comment on trigger eventlog_invalidate on eventlog.handler is 'tells every session that a handler changed';
comment on trigger eventlog_invalidate_truncate on eventlog.handler is 'tells every session that the handlers are gone';
