-- It refuses everyone but the table's owner.
create or replace function eventlog.release_append_only(relation regclass) returns void
    language c volatile called on null input parallel unsafe
    as 'MODULE_PATHNAME', 'eventlog_release_append_only';

comment on function eventlog.release_append_only(regclass) is
    'takes off what eventlog.make_append_only put on, and records that; owner of the table only';
