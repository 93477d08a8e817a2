-- It refuses everyone but the table's owner.
create or replace function eventlog.untrack_changes(relation regclass) returns void
    language c volatile called on null input parallel unsafe
    as 'MODULE_PATHNAME', 'eventlog_untrack_changes';

comment on function eventlog.untrack_changes(regclass) is
    'ends the tracking of a table; its events stay; owner of the table only';
