-- It refuses everyone but the log's owner.
create or replace function eventlog.register_event_type(
    type text,
    required text[] default '{}',
    optional text[] default '{}',
    description text default null,
    domain text default null,
    version int default null,
    max_payload_bytes int default null,
    entity_types text[] default null,
    actor_types text[] default null,
    schema jsonb default null,
    context_schema jsonb default null,
    additional text default 'allow',
    compatibility text default 'none',
    redact jsonb default null,
    enforce text default 'reject',
    owner text default null,
    docs_url text default null,
    log regclass default null
) returns int
    language c volatile called on null input parallel unsafe
    as 'MODULE_PATHNAME', 'eventlog_register_event_type';

comment on function eventlog.register_event_type(
    text, text[], text[], text, text, int, int, text[], text[], jsonb, jsonb, text, text, jsonb, text, text, text, regclass) is
    'puts an event type''s contract into the taxonomy and returns its version; owner of the log only';
