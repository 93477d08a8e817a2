-- It refuses everyone but the log's owner.
create or replace function eventlog.set_default_version(
    type text,
    version int,
    log regclass default null
) returns void
    language c volatile called on null input parallel unsafe
    as 'MODULE_PATHNAME', 'eventlog_set_default_version';

comment on function eventlog.set_default_version(text, int, regclass) is
    'makes a version the one that events of this type get when they name none; owner of the log only';
