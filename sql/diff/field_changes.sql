-- It looks at nothing but its arguments.
create or replace function eventlog.field_changes(
    old jsonb,
    new jsonb,
    fields text[] default null,
    ignore text[] default null
) returns jsonb
    -- Not strict: no list of fields is no restriction.
    language c immutable called on null input parallel safe
    as 'MODULE_PATHNAME', 'eventlog_field_changes';

comment on function eventlog.field_changes(jsonb, jsonb, text[], text[]) is
    'what differs between two objects: each changed top-level field with its old and new value';
