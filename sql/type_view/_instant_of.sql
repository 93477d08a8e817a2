-- It is total: what is no instant is null. Views of types call it, as whoever reads them. The offset is taken off before
-- there is a time zone, since what zones do depends on the session.
create or replace function eventlog._instant_of(text text) returns timestamptz
    language sql immutable called on null input parallel safe
return case
    when text operator(pg_catalog.~*)
        '^[0-9-]{10}t([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\.[0-9]{1,100})?(z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$'
    then pg_catalog.timezone('UTC',
        eventlog._day_of(pg_catalog.substr(text, 1, 10))::pg_catalog.timestamp
        operator(pg_catalog.+) pg_catalog.make_interval(
            hours => pg_catalog.substr(text, 12, 2)::pg_catalog.int4,
            mins => pg_catalog.substr(text, 15, 2)::pg_catalog.int4,
            secs => pg_catalog."substring"(text, '^.{17}([0-9]{2}(\.[0-9]+)?)')::pg_catalog.float8)
        operator(pg_catalog.-) case
            when text operator(pg_catalog.~*) 'z$' then interval '0'
            else pg_catalog.make_interval(
                hours => (pg_catalog.substr(pg_catalog.right(text, 6), 1, 3))::pg_catalog.int4,
                mins => (pg_catalog.concat(pg_catalog.substr(pg_catalog.right(text, 6), 1, 1),
                    pg_catalog.right(text, 2)))::pg_catalog.int4)
        end)
end;

comment on function eventlog._instant_of(text) is
    'internal: the instant that a text says in the form of RFC 3339, null where it says none';
