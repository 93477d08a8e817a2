-- What happened to the columns of a tracked table. Events keep the names and values of their own time, so whoever reads
-- the table as it was must know which column a name meant then.
create table eventlog.column_change (
    id uuid default eventlog.new_event_id()
        constraint column_change_pkey primary key,
    -- No foreign key, as for eventlog.tracked_table.
    tracking_id uuid not null,
    at timestamptz not null default pg_catalog.clock_timestamp(),
    action text not null
        constraint column_change_action_known
        check (action operator(pg_catalog.=) any (array['added', 'dropped', 'renamed', 'rewritten'])),
    column_name text not null,
    new_name text,

    -- A new name belongs to a rename and to nothing else.
    constraint column_change_new_name
        check ((action operator(pg_catalog.=) 'renamed') operator(pg_catalog.=) (new_name is not null))
);

create index column_change_tracking on eventlog.column_change (tracking_id, id);

select pg_catalog.pg_extension_config_dump('eventlog.column_change', '');

comment on table eventlog.column_change is 'what happened to the columns of tracked tables';
comment on column eventlog.column_change.id is 'identity of the entry, rising with time';
comment on column eventlog.column_change.tracking_id is 'the tracking whose table it is';
comment on column eventlog.column_change.at is 'when it happened';
comment on column eventlog.column_change.action is
    'added: what it held before is not known; dropped; renamed; rewritten: by alter column type with USING';
comment on column eventlog.column_change.column_name is 'the column, by its name before the change';
comment on column eventlog.column_change.new_name is 'the name after a rename';
comment on constraint column_change_pkey on eventlog.column_change is 'an entry is written once';
comment on index eventlog.column_change_pkey is 'an entry is written once';
comment on constraint column_change_action_known on eventlog.column_change is 'added, dropped, renamed or rewritten';
comment on constraint column_change_new_name on eventlog.column_change is 'a rename has a new name';
comment on index eventlog.column_change_tracking is 'the changes of one tracking in their order';
