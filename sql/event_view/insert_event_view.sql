-- Making a trigger takes EXECUTE on its function, and any role may own a view; it cannot be called otherwise.
create or replace function eventlog.insert_event_view() returns trigger
    language c volatile called on null input parallel unsafe
    as 'MODULE_PATHNAME', 'eventlog_insert_event_view';

comment on function eventlog.insert_event_view() is
    'trigger function that writes what is inserted into an event view to its log; its arguments are the log''s id and the mapping';
