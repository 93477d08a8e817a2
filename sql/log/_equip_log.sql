-- Puts back each piece of a log that is missing or not what it should be, and returns a phrase for each.
-- It alters the table as its caller, who must own it.
create or replace function eventlog._equip_log(
    relation regclass,
    log_id uuid,
    tenant_type regtype,
    partition_interval interval,
    require_tenant boolean
) returns setof text
    language plpgsql volatile called on null input parallel unsafe
    set search_path = pg_catalog, pg_temp
as $$
declare
    -- As messages show it, without the quotes that a statement would need.
    shown text := replace(relation::text, '"', '');
    kind "char";
    lacking text;
    gate record;
begin
    perform eventlog._require_act('_equip_log', 'repair_log');
    select c.relkind into strict kind from pg_class c where c.oid = relation;
    select string_agg(format('"%s"', needed), ', ' order by place) into lacking
    from unnest(array['xid', 'seq', 'occurred_at', 'recorded_at', 'id', 'tenant_id', 'origin', 'version', 'type',
        'entity_type', 'entity_id', 'actor_type', 'actor_id', 'source_type', 'source_id', 'correlation_id',
        'causation_id', 'idempotency_key', 'context', 'payload']) with ordinality as columns (needed, place)
    where not exists (
        select from pg_attribute a where a.attrelid = relation and a.attname = needed and not a.attisdropped
    );
    if kind not in ('r', 'p') or lacking is not null then
        raise wrong_object_type using
            message = format('"%s" is not a log', shown),
            detail = coalesce(format('It has no column %s.', lacking), 'It is not a table.'),
            hint = 'eventlog.create_log makes one.';
    elsif tenant_type is not null and not exists (
        select from pg_attribute a
        where a.attrelid = relation and a.attname = 'tenant_id' and a.atttypid = tenant_type
    ) then
        raise wrong_object_type using
            message = format('the tenants of "%s" are not of type "%s"', shown, tenant_type);
    end if;

    return query select eventlog._equip_defaults(relation);

    if require_tenant and exists (
        select from pg_attribute a
        where a.attrelid = relation and a.attname = 'tenant_id' and not a.attnotnull
    ) then
        execute format('alter table %s alter column tenant_id set not null', relation);
        return next format('not null of %s.tenant_id', relation);
    end if;

    -- Before the gate and the guards, which then reach all of them at once.
    if kind = 'p' and partition_interval is not null then
        return query select eventlog._make_partitions(relation, partition_interval, 3);
    end if;

    select t.tgenabled as enabled into gate
    from pg_trigger t
    where t.tgrelid = relation
        and t.tgname = 'eventlog_gate'
        and t.tgfoid = 'eventlog.gate()'::regprocedure
        -- before insert for each row
        and t.tgtype = 7
        and t.tgqual is null
        and encode(t.tgargs, 'escape') = log_id::text || '\000';
    if not found then
        execute format('create or replace trigger eventlog_gate before insert on %s'
            ' for each row execute function eventlog.gate(%L)', relation, log_id);
        execute format('comment on trigger eventlog_gate on %s is %L', relation,
            'validates each event before it is stored');
    end if;
    if not found or gate.enabled <> 'O' then
        -- Not ALWAYS: what replication or a restore brings has passed the gate where it was written.
        execute format('alter table %s enable trigger eventlog_gate', relation);
        return next format('gate on %s', relation);
    end if;

    -- The owner may have disabled the gate of one partition only.
    for gate in
        select t.tgrelid::regclass as member
        from pg_partition_tree(relation) p
        join pg_trigger t on t.tgrelid = p.relid
        where t.tgname = 'eventlog_gate' and t.tgfoid = 'eventlog.gate()'::regprocedure and t.tgenabled not in ('O', 'A')
        order by t.tgrelid::regclass::text collate "C"
    loop
        execute format('alter table only %s enable trigger eventlog_gate', gate.member);
        return next format('gate on %s', gate.member);
    end loop;

    return query select eventlog._add_guards(relation);
    return query select eventlog._equip_claims(relation, log_id);
    return query select eventlog._equip_rejected(relation, log_id);
    return query select eventlog._repair_tenancy(relation);
    if exists (select from eventlog.handler h where h.log_id = _equip_log.log_id and h.mode = 'sync') then
        return query select eventlog._add_handlers(relation, log_id);
    end if;
    -- Last: it may wait for everyone who writes.
    return query select eventlog._equip_sequence(relation);
end
$$;

comment on function eventlog._equip_log(regclass, uuid, regtype, interval, boolean) is
    'internal: puts back what a log lacks, and returns what that was';
