-- How payloads of one version of a type become those of a later one: see eventlog.upcast().
create table eventlog.upcast (
    -- No foreign key to eventlog.log: a parallel pg_restore loads the tables of an extension in any order.
    log_id uuid not null,
    type text not null,
    from_version int not null,
    to_version int not null,
    steps jsonb,
    handler text,
    made_by text not null,
    made_at timestamptz not null default pg_catalog.clock_timestamp(),
    constraint upcast_pkey primary key (log_id, type, from_version, to_version),

    -- A way that only goes up comes to an end.
    constraint upcast_upwards
        check (from_version operator(pg_catalog.>) 0 and to_version operator(pg_catalog.>) from_version),

    -- With both, or neither, nobody could say what it does.
    constraint upcast_one_way
        check ((steps is null) operator(pg_catalog.<>) (handler is null))
);

create trigger eventlog_guard_upcast
    before insert on eventlog.upcast
    for each row execute function eventlog._guard_log_row('an upcast', 'Upcasts are made with eventlog.register_upcast().');
create trigger eventlog_invalidate
    after insert or update or delete on eventlog.upcast
    for each row execute function eventlog.invalidate_cache();
create trigger eventlog_invalidate_truncate
    after truncate on eventlog.upcast
    for each statement execute function eventlog.invalidate_cache();

-- Also where rows arrive by logical replication.
alter table eventlog.upcast
    enable always trigger eventlog_guard_upcast,
    enable always trigger eventlog_invalidate,
    enable always trigger eventlog_invalidate_truncate;

select pg_catalog.pg_extension_config_dump('eventlog.upcast', '');

comment on table eventlog.upcast is 'how payloads of one version of an event type become those of a later one';
comment on column eventlog.upcast.log_id is 'the log whose taxonomy this belongs to';
comment on column eventlog.upcast.type is 'the event type';
comment on column eventlog.upcast.from_version is 'the version whose payloads it takes';
comment on column eventlog.upcast.to_version is 'the version whose payloads it makes';
comment on column eventlog.upcast.steps is 'what is done to a payload, step by step; null where a function does it';
comment on column eventlog.upcast.handler is 'the function that makes the newer payload, by its qualified name; null where steps do it';
comment on column eventlog.upcast.made_by is 'the role that made it';
comment on column eventlog.upcast.made_at is 'when it was made, or made anew';
comment on constraint upcast_pkey on eventlog.upcast is 'two versions have one upcast between them';
comment on index eventlog.upcast_pkey is 'finds the upcasts of a log';
comment on constraint upcast_upwards on eventlog.upcast is 'an upcast leads to a later version';
comment on constraint upcast_one_way on eventlog.upcast is 'steps or a function';
comment on trigger eventlog_guard_upcast on eventlog.upcast is 'refuses a row about somebody else''s log';
comment on trigger eventlog_invalidate on eventlog.upcast is 'tells every session that the upcasts of a log changed';
comment on trigger eventlog_invalidate_truncate on eventlog.upcast is 'tells every session that all upcasts are gone';
