-- It refuses everyone but the table's owner.
create or replace function eventlog.make_append_only(relation regclass) returns void
    language c volatile called on null input parallel unsafe
    as 'MODULE_PATHNAME', 'eventlog_make_append_only';

comment on function eventlog.make_append_only(regclass) is
    'lets rows be added to a table and its partitions, but not changed or removed; owner of the table only';
