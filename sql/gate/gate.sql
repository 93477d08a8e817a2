-- Making a trigger takes EXECUTE on its function, and any role may own a log; it cannot be called otherwise.
create or replace function eventlog.gate() returns trigger
    language c volatile called on null input parallel unsafe
    as 'MODULE_PATHNAME', 'eventlog_gate';

comment on function eventlog.gate() is
    'trigger function that validates each event before it is stored; its argument is the log''s id';
