-- It refuses everyone but the log's owner.
create or replace function eventlog.set_redaction(rules jsonb, log regclass default null) returns void
    language c volatile called on null input parallel unsafe
    as 'MODULE_PATHNAME', 'eventlog_set_redaction';

comment on function eventlog.set_redaction(jsonb, regclass) is
    'says what is removed, masked or hashed of every event of a log before it is stored; owner of the log only';
