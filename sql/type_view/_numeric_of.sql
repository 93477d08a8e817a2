-- It is total: what the type cannot hold is null. Views of types call it, as whoever reads them.
create or replace function eventlog._numeric_of(value jsonb) returns numeric
    language sql immutable called on null input parallel safe
return case when pg_catalog.jsonb_typeof(value) operator(pg_catalog.=) 'number' then value::pg_catalog.numeric end;

comment on function eventlog._numeric_of(jsonb) is 'internal: a value of a document as a number, null where it is none';
