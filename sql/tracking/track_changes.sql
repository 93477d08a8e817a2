-- It refuses everyone who does not own the table or may not write the log.
create or replace function eventlog.track_changes(
    relation regclass,
    entity_type text default null,
    fields text[] default null,
    ignore text[] default null,
    tenant_column name default null,
    state_column name default null,
    deleted_column name default null,
    carry_values boolean default true,
    log regclass default null,
    on_truncate text default 'refuse'
) returns void
    language c volatile called on null input parallel unsafe
    as 'MODULE_PATHNAME', 'eventlog_track_changes';

comment on function eventlog.track_changes(
    regclass, text, text[], text[], name, name, name, boolean, regclass, text) is
    'makes every insert, update and delete of a table an event; owner of the table only';
