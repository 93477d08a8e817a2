-- It makes a table as its caller: CREATE on the schema decides.
create or replace function eventlog.create_log(
    name text,
    tenant_type regtype default 'pg_catalog.uuid',
    partition_interval interval default null,
    unregistered text default 'reject',
    max_payload_bytes int default 2048,
    require_tenant boolean default true
) returns regclass
    language c volatile called on null input parallel unsafe
    as 'MODULE_PATHNAME', 'eventlog_create_log';

comment on function eventlog.create_log(text, regtype, interval, text, int, boolean) is
    'makes a log: a table of the caller''s own that takes events by the rules of its taxonomy';
