-- It is total: what the type cannot hold is null. Views of types call it, as whoever reads them.
create or replace function eventlog._text_of(value jsonb) returns text
    language sql immutable called on null input parallel safe
return case when pg_catalog.jsonb_typeof(value) operator(pg_catalog.=) 'string' then value operator(pg_catalog.#>>) '{}' end;

comment on function eventlog._text_of(jsonb) is 'internal: a value of a document as a text, null where it is none';
