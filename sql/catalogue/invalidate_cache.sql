create or replace function eventlog.invalidate_cache() returns trigger
    language c volatile called on null input parallel unsafe
    as 'MODULE_PATHNAME', 'eventlog_invalidate_cache';

-- Only the triggers of the catalogue use it, and they are made here.
revoke all on function eventlog.invalidate_cache() from public;

comment on function eventlog.invalidate_cache() is
    'trigger function that makes every session read the catalogue again';
