-- It is total: what the type cannot hold is null. Views of types call it, as whoever reads them.
create or replace function eventlog._bigint_of(value jsonb) returns bigint
    language sql immutable called on null input parallel safe
return case
    when eventlog._numeric_of(value) operator(pg_catalog.>=) -9223372036854775808
        and eventlog._numeric_of(value) operator(pg_catalog.<=) 9223372036854775807
        and pg_catalog.trunc(eventlog._numeric_of(value)) operator(pg_catalog.=) eventlog._numeric_of(value)
    then eventlog._numeric_of(value)::pg_catalog.int8
end;

comment on function eventlog._bigint_of(jsonb) is 'internal: a value of a document as a bigint, null where it is none';
