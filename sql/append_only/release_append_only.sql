create or replace function eventlog.release_append_only(relation regclass) returns void
    language c volatile called on null input parallel unsafe
    as 'MODULE_PATHNAME', 'eventlog_release_append_only';

-- It refuses everyone but the table's owner.
revoke all on function eventlog.release_append_only(regclass) from public;
grant execute on function eventlog.release_append_only(regclass) to public;

comment on function eventlog.release_append_only(regclass) is
    'takes off what eventlog.make_append_only put on, and records that; owner of the table only';
