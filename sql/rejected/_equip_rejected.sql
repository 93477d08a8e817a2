-- Makes the table of the events that a log rejects, and returns what was missing. The log has its gate already.
-- It makes a table as its caller, who must own the log.
create or replace function eventlog._equip_rejected(relation regclass, log_id uuid) returns setof text
    language plpgsql volatile strict parallel unsafe
    set search_path = pg_catalog, pg_temp
as $$
declare
    schema_name name;
    log_name name;
    owner oid;
    tenant_type regtype;
    table_name text;
    index_name text;
    other regclass;
    rejected regclass := eventlog._rejected_of(relation);
    part record;
begin
    perform eventlog._require_act('_equip_rejected', 'repair_log');
    if rejected is not null then
        return;
    end if;
    select n.nspname, c.relname, c.relowner, a.atttypid into strict schema_name, log_name, owner, tenant_type
    from pg_class c
    join pg_namespace n on n.oid = c.relnamespace
    join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
    where c.oid = relation;
    -- Of the role that made the log and gave it away: what it holds is not the present owner's to read, unless that role
    -- gives it along.
    select d.objoid::regclass into other
    from pg_description d
    join pg_class c on c.oid = d.objoid and c.relkind = 'r' and c.relowner <> owner
    where d.classoid = 'pg_class'::regclass and d.objsubid = 0
        and d.description like '%(rejected by log ' || log_id || ')'
        and eventlog._rejected_tenant(d.objoid) = tenant_type
        and pg_get_userbyid(c.relowner) = (
            select l.created_by from eventlog.log l where l.log_id = _equip_rejected.log_id)
    limit 1;
    if found then
        raise notice using
            message = format('"%s" stays behind, and "%s" gets another table of rejected events', replace(other::text, '"', ''),
                replace(relation::text, '"', '')),
            detail = 'It names the log, and belongs to the role that made it.',
            hint = 'To go on with it, give it to the owner of the log, and drop the other one.';
    end if;
    table_name := eventlog._free_name(schema_name, log_name, '_rejected');
    execute format(
        'create table %I.%I (
            id uuid not null,
            received_at timestamptz not null default clock_timestamp(),
            source text,
            tenant_id %s,
            sent_by name not null default current_user,
            actor_type text,
            actor_id text,
            event json,
            bytes bigint not null,
            sha256 bytea,
            redacted text[],
            violations jsonb not null,
            attempts int not null default 1,
            resolved_at timestamptz,
            resolved_event_id uuid,
            discarded_reason text,
            constraint %I primary key (id),
            constraint %I check (case when resolved_at is null
                then resolved_event_id is null and discarded_reason is null
                else (resolved_event_id is null) <> (discarded_reason is null) end)
        )',
        schema_name, table_name, tenant_type, eventlog._free_name(schema_name, table_name, '_pkey'),
        eventlog._object_name(table_name, '_resolved'));
    rejected := format('%I.%I', schema_name, table_name)::regclass;
    perform eventlog._close_new(rejected);
    execute format('comment on table %s is %L', rejected,
        format('events that %I did not take (rejected by log %s)', log_name, log_id));
    for part in
        values
            ('id', 'its identity'),
            ('received_at', 'when it came'),
            ('source', 'from where it came, as whoever sent it said'),
            ('tenant_id', 'the tenant of whoever sent it, never the one that the event names; null for a service without one'),
            ('sent_by', 'the role that sent it'),
            ('actor_type', 'kind of actor of whoever sent it'),
            ('actor_id', 'the actor who sent it'),
            ('event', 'the event as it came, but for what is redacted; null over 1 MB'),
            ('bytes', 'how long its text was'),
            ('sha256', 'hash of its text, where that is not kept'),
            ('redacted', 'pointers to what was redacted'),
            ('violations', 'why it was rejected the last time'),
            ('attempts', 'how often it was tried'),
            ('resolved_at', 'when it became an event, or was discarded; null while it is open'),
            ('resolved_event_id', 'the event that it became'),
            ('discarded_reason', 'why it never will be one')
    loop
        execute format('comment on column %s.%I is %L', rejected, part.column1, part.column2);
    end loop;
    execute format('comment on constraint %I on %s is %L', eventlog._object_name(table_name, '_resolved'), rejected,
        'what is resolved is an event or discarded, and nothing else is either');
    index_name := eventlog._free_name(schema_name, table_name, '_tenant');
    execute format('create index %I on %s (tenant_id, received_at)', index_name, rejected);
    execute format('comment on index %I.%I is %L', schema_name, index_name, 'a tenant''s, in the order in which they came');
    index_name := eventlog._free_name(schema_name, table_name, '_open');
    execute format('create index %I on %s (attempts, received_at) where resolved_at is null', index_name, rejected);
    execute format('comment on index %I.%I is %L', schema_name, index_name, 'those that are to be tried again');
    perform eventlog._share_owner(rejected, relation);
    return next format('table of rejected events %s', rejected);
end
$$;

comment on function eventlog._equip_rejected(regclass, uuid) is
    'internal: makes the table of the events that a log rejects, and returns what was missing';
