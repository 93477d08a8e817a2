-- It looks at nothing but its arguments.
create or replace function eventlog.schema_violations(schema jsonb, document jsonb)
    returns table (code text, path text, message text)
    language c immutable strict parallel safe
    rows 5
    as 'MODULE_PATHNAME', 'eventlog_schema_violations';

comment on function eventlog.schema_violations(jsonb, jsonb) is
    'each place where a document does not match a JSON Schema; no rows where it does';
