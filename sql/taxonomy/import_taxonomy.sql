-- It refuses everyone but the log's owner.
create or replace function eventlog.import_taxonomy(
    taxonomy jsonb,
    log regclass default null
) returns table (type text, version int, action text)
    language c volatile called on null input parallel unsafe
    as 'MODULE_PATHNAME', 'eventlog_import_taxonomy';

comment on function eventlog.import_taxonomy(jsonb, regclass) is
    'registers all types of a document, all or none, and returns what it did; owner of the log only';
