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
        check (action operator(pg_catalog.=) any (array[
            'added', 'dropped', 'renamed', 'rewritten', 'respelled', 'reworded', 'reassigned'])),
    column_name text,
    new_name text,
    word text,

    -- The context's tenant comes from no column; all else happens to one.
    constraint column_change_column_given
        check (column_name is not null or action operator(pg_catalog.=) 'reassigned'),
    -- A column that is renamed has a new name; a word of its values may have one.
    constraint column_change_new_name
        check (case action
            when 'renamed' then new_name is not null
            when 'reworded' then true
            else new_name is null end),
    -- A word is what a value is told in, and belongs to nothing else.
    constraint column_change_word
        check ((action operator(pg_catalog.=) 'reworded') operator(pg_catalog.=) (word is not null))
);

create index column_change_tracking on eventlog.column_change (tracking_id, id);

select pg_catalog.pg_extension_config_dump('eventlog.column_change', '');

comment on table eventlog.column_change is 'what happened to the columns of tracked tables';
comment on column eventlog.column_change.id is 'identity of the entry, rising with time';
comment on column eventlog.column_change.tracking_id is 'the tracking whose table it is';
comment on column eventlog.column_change.at is 'when it happened';
comment on column eventlog.column_change.action is
    'added: what it held before is not known; dropped; renamed; rewritten: its type changed to one in which its events '
    'say something else; respelled: it is in the key, whose values one type writes otherwise than the other; reworded: a label or attribute of its type was renamed or added; reassigned: the tenant of the '
    'rows comes from this column from then on';
comment on column eventlog.column_change.column_name is 'the column, by its name before the change';
comment on column eventlog.column_change.new_name is 'the name after a rename, or what the word is since; null for a new word';
comment on column eventlog.column_change.word is 'the label or attribute, by its name before the change';
comment on constraint column_change_pkey on eventlog.column_change is 'an entry is written once';
comment on index eventlog.column_change_pkey is 'an entry is written once';
comment on constraint column_change_action_known on eventlog.column_change is
    'added, dropped, renamed, rewritten, respelled, reworded or reassigned';
comment on constraint column_change_column_given on eventlog.column_change is 'it happened to a column';
comment on constraint column_change_new_name on eventlog.column_change is 'a rename has a new name';
comment on constraint column_change_word on eventlog.column_change is 'a word is reworded';
comment on index eventlog.column_change_tracking is 'the changes of one tracking in their order';
