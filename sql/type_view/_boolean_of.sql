-- It is total: what the type cannot hold is null. Views of types call it, as whoever reads them.
create or replace function eventlog._boolean_of(value jsonb) returns boolean
    language sql immutable called on null input parallel safe
return case when pg_catalog.jsonb_typeof(value) operator(pg_catalog.=) 'boolean' then value::pg_catalog.bool end;

comment on function eventlog._boolean_of(jsonb) is 'internal: a value of a document as a boolean, null where it is none';
