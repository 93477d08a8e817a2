-- Making a trigger takes EXECUTE on its function, and any role may guard its table; it cannot be called otherwise.
create or replace function eventlog.forbid_change() returns trigger
    language c volatile called on null input parallel unsafe
    as 'MODULE_PATHNAME', 'eventlog_forbid_change';

comment on function eventlog.forbid_change() is
    'trigger function that refuses to change or remove rows';
