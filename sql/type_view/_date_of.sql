-- It is total: what the type cannot hold is null. Views of types call it, as whoever reads them.
create or replace function eventlog._date_of(value jsonb) returns date
    language sql immutable called on null input parallel safe
return eventlog._day_of(eventlog._text_of(value));

comment on function eventlog._date_of(jsonb) is 'internal: a value of a document as a date, null where it is none';
