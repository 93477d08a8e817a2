-- It looks at nothing but its arguments.
create or replace function eventlog.revert_changes(doc jsonb, changes jsonb) returns jsonb
    language c immutable strict parallel safe
    as 'MODULE_PATHNAME', 'eventlog_revert_changes';

comment on function eventlog.revert_changes(jsonb, jsonb) is
    'an object before changes that field_changes found';
