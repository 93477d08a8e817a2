-- For the log's owner and its services; rows of rejected events it changes as the owner.
create or replace function eventlog.discard_rejected(
    ids uuid[],
    reason text,
    log regclass default null
) returns bigint
    language c volatile called on null input parallel unsafe
    as 'MODULE_PATHNAME', 'eventlog_discard_rejected';

comment on function eventlog.discard_rejected(uuid[], text, regclass) is
    'says of rejected events that they never become events, for a reason that is kept; says how many';
