-- It looks at nothing but its arguments.
create or replace function eventlog.apply_changes(doc jsonb, changes jsonb) returns jsonb
    language c immutable strict parallel safe
    as 'MODULE_PATHNAME', 'eventlog_apply_changes';

comment on function eventlog.apply_changes(jsonb, jsonb) is
    'an object after changes that field_changes found';
