-- It is total: a day that the calendar does not have is null. Views of types call it, as whoever reads them.
create or replace function eventlog._day_of(text text) returns date
    language sql immutable called on null input parallel safe
return case
    when text operator(pg_catalog.~) '^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$'
        and text operator(pg_catalog.!~) '^0000'
    then case
        -- The last day of the month is the one before the next month's first.
        when pg_catalog.substr(text, 9, 2)::pg_catalog.int4 operator(pg_catalog.<=) pg_catalog.date_part('day',
            pg_catalog.make_date(pg_catalog.substr(text, 1, 4)::pg_catalog.int4,
                pg_catalog.substr(text, 6, 2)::pg_catalog.int4, 1)
            operator(pg_catalog.+) interval '1 month' operator(pg_catalog.-) interval '1 day')
        then pg_catalog.make_date(pg_catalog.substr(text, 1, 4)::pg_catalog.int4,
            pg_catalog.substr(text, 6, 2)::pg_catalog.int4, pg_catalog.substr(text, 9, 2)::pg_catalog.int4)
    end
end;

comment on function eventlog._day_of(text) is 'internal: the day that a text says in the form of RFC 3339, null where it says none';
