-- Quicker than through the type's input and output, which every call that passes a uuid would pay for.
-- A cast is used with the rights of whoever uses it.
create or replace function eventlog._ident(pg_catalog.uuid) returns eventlog.ident
    language c immutable strict parallel safe
    as 'MODULE_PATHNAME', 'eventlog_ident_of_uuid';

comment on function eventlog._ident(pg_catalog.uuid) is 'internal: the cast of a uuid to eventlog.ident';
