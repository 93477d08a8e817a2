-- Whether an event has waited for a batch of its log for too long, for doctor(). It tells nothing else of the log, which
-- the caller may not be allowed to read.
create or replace function eventlog._batch_is_late(log_id uuid) returns boolean
    language c stable strict parallel unsafe
    as 'MODULE_PATHNAME', 'eventlog_batch_is_late';

comment on function eventlog._batch_is_late(uuid) is
    'internal: whether an event has been in no batch of its log for a minute';
