-- Makes the table of a log, as its caller, with all that belongs to it. What can be lost later is put on by _equip_log.
-- It makes a table as its caller: CREATE on the schema decides.
create or replace function eventlog._build_log(
    log_id uuid,
    schema_name text,
    log_name text,
    tenant_type regtype,
    partition_interval interval,
    require_tenant boolean
) returns regclass
    language plpgsql volatile called on null input parallel unsafe
    set search_path = pg_catalog, pg_temp
as $$
declare
    relation regclass;
    part_name text;
    part record;
begin
    perform eventlog._require_act('_build_log', 'create_log');
    if coalesce(log_name, '') = '' then
        raise invalid_parameter_value using
            message = 'a log needs a name',
            hint = 'Give the name of a table that does not exist yet.';
    elsif octet_length(log_name) > 63 then
        raise name_too_long using
            message = format('"%s" is too long for the name of a log', log_name),
            detail = format('It has %s bytes; a name can have 63.', octet_length(log_name));
    elsif schema_name is null then
        raise invalid_schema_name using
            message = format('there is no schema to make the log "%s" in', log_name),
            hint = 'Name one, as in "public.events", or set search_path.';
    elsif schema_name ~ '^pg_(toast_)?temp(_|$)' then
        raise invalid_parameter_value using
            message = format('the log "%s" cannot be a temporary table', log_name),
            hint = 'Name a schema, as in "public.events".';
    elsif not exists (select from pg_namespace n where n.nspname = schema_name) then
        raise invalid_schema_name using
            message = format('schema "%s" does not exist', schema_name),
            hint = format('Make it first: create schema %I', schema_name);
    elsif exists (
        select from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname = schema_name and c.relname = log_name
    ) then
        raise duplicate_table using
            message = format('relation "%s.%s" already exists', schema_name, log_name),
            hint = 'A log is a new table. To protect the rows of a table that you have, call eventlog.make_append_only.';
    elsif tenant_type is null or tenant_type not in ('uuid', 'text', 'bigint') then
        raise invalid_parameter_value using
            message = case when tenant_type is null then 'tenant_type is null'
                else format('a tenant cannot be of type "%s"', tenant_type) end,
            hint = 'The types of a tenant are uuid, text and bigint.';
    end if;
    -- A bad interval is refused before anything is made.
    perform eventlog._partition_bounds(partition_interval, clock_timestamp(), 0);

    part_name := eventlog._free_name(schema_name, log_name, '_pkey');
    -- Columns of fixed width stand first, which saves padding and makes them quick to reach.
    execute format(
        'create table %I.%I (
            -- Before seq: defaults are computed in the order of columns, and a transaction has its id before it draws.
            xid bigint not null,
            seq bigint not null,
            occurred_at timestamptz not null,
            recorded_at timestamptz not null,
            id uuid not null,
            tenant_id %s %s,
            origin int not null,
            version int not null,
            type text not null,
            entity_type text,
            entity_id text,
            actor_type text,
            actor_id text,
            source_type text,
            source_id text,
            correlation_id text,
            causation_id text,
            idempotency_key text,
            context jsonb not null,
            payload jsonb not null,
            constraint %I primary key %s
        ) %s',
        schema_name, log_name,
        tenant_type, case when require_tenant then 'not null' else '' end,
        part_name,
        -- A unique key of a partitioned table contains the partition key.
        case when partition_interval is null then '(id)' else '(id, recorded_at)' end,
        case when partition_interval is null then '' else 'partition by range (recorded_at)' end);
    relation := format('%I.%I', schema_name, log_name)::regclass;
    perform eventlog._close_new(relation);

    execute format('comment on table %s is %L', relation,
        'append-only event log: write with eventlog.log_event, see eventlog.event_types for what it takes');
    for part in
        values
            ('xid', 'the transaction that wrote the event, in the cluster that "origin" tells'),
            ('seq', 'order of recording'),
            ('occurred_at', 'when it happened, as the writer says; else the same as recorded_at'),
            ('recorded_at', 'when it was written'),
            ('id', 'public identity of the event, a UUIDv7'),
            ('tenant_id', 'the company, team or organisation that it belongs to'),
            ('origin', 'fingerprint of the cluster that assigned xid'),
            ('version', 'version of the type''s contract'),
            ('type', 'event type, as in eventlog.event_types'),
            ('entity_type', 'kind of thing that it happened to'),
            ('entity_id', 'which one of them it happened to'),
            ('actor_type', 'kind of actor who did it'),
            ('actor_id', 'who did it'),
            ('source_type', 'kind of system that it came from'),
            ('source_id', 'which system it came from'),
            ('correlation_id', 'the conversation or process that it belongs to'),
            ('causation_id', 'the event or command that caused it'),
            ('idempotency_key', 'the writer''s own id of the event, taken once per tenant'),
            ('context', 'where it happened: domain, step, tool, request'),
            ('payload', 'what happened; its type says which keys it has')
    loop
        execute format('comment on column %s.%I is %L', relation, part.column1, part.column2);
    end loop;

    execute format('comment on index %I.%I is %L', schema_name, part_name, 'finds an event by its id');
    for part in
        values
            ('_type_idx', '(tenant_id, type, occurred_at)', 'a tenant''s events of one type over time'),
            ('_tenant_idx', '(tenant_id, occurred_at)', 'a tenant''s timeline'),
            -- The entity comes first: its whole history is found whether its tenant is said or not.
            ('_entity_idx', '(entity_type, entity_id, tenant_id, occurred_at) where entity_id is not null',
                'the timeline of one entity'),
            ('_actor_idx', '(tenant_id, actor_id, occurred_at) where actor_id is not null', 'the feed of one actor')
    loop
        part_name := eventlog._free_name(schema_name, log_name, part.column1);
        execute format('create index %I on %s ' || part.column2, part_name, relation);
        execute format('comment on index %I.%I is %L', schema_name, part_name, part.column3);
    end loop;

    perform eventlog._equip_log(relation, log_id, tenant_type, partition_interval, require_tenant);
    return relation;
end
$$;

comment on function eventlog._build_log(uuid, text, text, regtype, interval, boolean) is
    'internal: makes the table of a log and all that belongs to it';
