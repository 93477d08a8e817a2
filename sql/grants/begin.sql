-- Everyone may call the functions, and name the type, that a script makes from here on; what is not for everyone revokes
-- that right after it is made. Postgres's own default says the same, but "alter default privileges" of a superuser's may
-- have taken it away: then nobody else could write an event.
alter default privileges in schema eventlog grant execute on functions to public;
alter default privileges in schema eventlog grant usage on types to public;
