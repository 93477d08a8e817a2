-- It reads the taxonomy, as everyone may. A function that an upcast names runs as the log's owner.
create or replace function eventlog.upcast(
    type text,
    version int,
    payload jsonb,
    to_version int default null,
    log regclass default null
) returns jsonb
    language c stable called on null input parallel restricted
    as 'MODULE_PATHNAME', 'eventlog_upcast';

comment on function eventlog.upcast(text, int, jsonb, int, regclass) is
    'a payload of one version as one of a later version, the default where none is named';
