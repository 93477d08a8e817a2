-- It is total: what the type cannot hold is null. Views of types call it, as whoever reads them.
create or replace function eventlog._uuid_of(value jsonb) returns uuid
    language sql immutable called on null input parallel safe
return case
    when eventlog._text_of(value) operator(pg_catalog.~*) '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
    then eventlog._text_of(value)::pg_catalog.uuid
end;

comment on function eventlog._uuid_of(jsonb) is 'internal: a value of a document as a uuid, null where it is none';
