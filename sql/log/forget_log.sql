-- It decides itself whose the log was.
create or replace function eventlog.forget_log(log_id uuid) returns void
    language c volatile called on null input parallel unsafe
    as 'MODULE_PATHNAME', 'eventlog_forget_log';

comment on function eventlog.forget_log(uuid) is
    'clears what a dropped table left in the catalogue: the log''s row and its taxonomy';
