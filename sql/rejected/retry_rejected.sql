-- For the log's owner and its services, as whom it writes events; rows of rejected events it changes as the owner.
create or replace function eventlog.retry_rejected(
    ids uuid[] default null,
    log regclass default null
) returns table (index int, outcome text, event_id uuid, rejected_id uuid, violations jsonb)
    language c volatile called on null input parallel unsafe
    as 'MODULE_PATHNAME', 'eventlog_retry_rejected';

comment on function eventlog.retry_rejected(uuid[], regclass) is
    'tries rejected events again, these or all that are open, and says what became of each';
