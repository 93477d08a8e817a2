-- It reads the taxonomy, as everyone may.
create or replace function eventlog.plan_taxonomy(
    taxonomy jsonb,
    log regclass default null
) returns table (type text, version int, action text, breaks jsonb)
    language c stable called on null input parallel restricted
    as 'MODULE_PATHNAME', 'eventlog_plan_taxonomy';

comment on function eventlog.plan_taxonomy(jsonb, regclass) is
    'what an import of this document would do to each type, and what would break; writes nothing';
