-- It looks at nothing but its arguments. Compiled schemas are kept by the session, so a constant one costs its compilation
-- once.
create or replace function eventlog.matches_schema(schema jsonb, document jsonb) returns boolean
    language c immutable strict parallel safe
    as 'MODULE_PATHNAME', 'eventlog_matches_schema';

comment on function eventlog.matches_schema(jsonb, jsonb) is
    'whether a document matches a JSON Schema, for check constraints of any table';
