-- Making a trigger takes EXECUTE on its function, and any role may own a log; it cannot be called otherwise.
create or replace function eventlog.guard_claim() returns trigger
    language c volatile called on null input parallel unsafe
    as 'MODULE_PATHNAME', 'eventlog_guard_claim';

comment on function eventlog.guard_claim() is
    'trigger function that lets an idempotency key be claimed only by an event that is being written';
