create or replace function eventlog.import_taxonomy(
    taxonomy jsonb,
    log regclass default null
) returns table (type text, version int, action text)
    language c volatile called on null input parallel unsafe
    as 'MODULE_PATHNAME', 'eventlog_import_taxonomy';

-- It refuses everyone but the log's owner.
revoke all on function eventlog.import_taxonomy(jsonb, regclass) from public;
grant execute on function eventlog.import_taxonomy(jsonb, regclass) to public;

comment on function eventlog.import_taxonomy(jsonb, regclass) is
    'registers all types of a document, all or none, and returns what it did; owner of the log only';
