-- It is total: what the type cannot hold is null. Views of types call it, as whoever reads them.
create or replace function eventlog._timestamptz_of(value jsonb) returns timestamptz
    language sql immutable called on null input parallel safe
return eventlog._instant_of(eventlog._text_of(value));

comment on function eventlog._timestamptz_of(jsonb) is
    'internal: a value of a document as an instant, null where it is none';
