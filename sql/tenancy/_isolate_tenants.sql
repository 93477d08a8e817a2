-- Isolates a table, as its caller, and returns a phrase for each thing that it changed. Whether it is a log has been found
-- out: only then there are actors, services and keys.
-- It alters the table as its caller, who must own it.
create or replace function eventlog._isolate_tenants(
    relation regclass,
    is_log boolean,
    tenant_column name,
    readers name[],
    writers name[],
    members regclass,
    member name,
    member_tenant name,
    force boolean
) returns setof text
    language plpgsql volatile called on null input parallel unsafe
    set search_path = pg_catalog, pg_temp
as $$
declare
    -- As messages show it, without the quotes that a statement would need.
    shown text := replace(relation::text, '"', '');
    found_class record;
    other regclass;
    unknown name;
    claims regclass;
    note jsonb;
begin
    perform eventlog._require_act('_isolate_tenants', 'isolate_tenants');
    select c.relkind as kind, c.relispartition as is_partition, n.nspname as schema
    into found_class
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.oid = relation;
    if found_class.kind not in ('r', 'p') then
        raise wrong_object_type using
            message = format('"%s" is not a table but %s', shown, case found_class.kind
                when 'v' then 'a view'
                when 'm' then 'a materialized view'
                when 'f' then 'a foreign table'
                when 'S' then 'a sequence'
                when 'c' then 'a composite type'
                when 't' then 'a toast table'
                else 'an index' end),
            hint = 'Row-level security holds for ordinary and partitioned tables. A view shows what its reader may see '
                'of the tables below it if it is made with (security_invoker = true).';
    elsif found_class.schema in ('pg_catalog', 'information_schema') then
        raise wrong_object_type using
            message = format('"%s" is a system catalog', shown),
            hint = 'Only tables of your own can be isolated.';
    elsif found_class.schema = 'eventlog' then
        raise wrong_object_type using
            message = format('"%s" belongs to pg_eventlog itself', shown),
            hint = 'It holds what is true for all tenants.';
    elsif found_class.is_partition then
        raise wrong_object_type using
            message = format('"%s" is a partition of "%s"', shown, replace(pg_partition_root(relation)::text, '"', '')),
            hint = 'Isolate the partitioned table: its partitions are closed with it.';
    elsif exists (
        select from pg_trigger t where t.tgrelid = relation and t.tgfoid = 'eventlog.guard_claim()'::regprocedure
    ) then
        raise wrong_object_type using
            message = format('"%s" keeps the idempotency keys of a log', shown),
            hint = 'Isolate the log: its keys are isolated with it.';
    elsif eventlog._rejected_tenant(relation) is not null
        and obj_description(relation, 'pg_class') like '%(rejected by log %)'
    then
        raise wrong_object_type using
            message = format('"%s" keeps the events that a log rejected', shown),
            hint = 'Isolate the log: they are isolated with it.';
    end if;
    select coalesce(nullif(i.inhparent, relation), i.inhrelid) into other
    from pg_inherits i join pg_class c on c.oid = i.inhrelid and not c.relispartition
    where relation in (i.inhparent, i.inhrelid)
    limit 1;
    if found then
        raise wrong_object_type using
            message = format('"%s" and "%s" inherit from one another', shown, replace(other::text, '"', '')),
            hint = 'A query of the parent applies the policies of the parent alone; use a partitioned table.';
    end if;
    select p.relid into other
    from pg_partition_tree(relation) p join pg_class c on c.oid = p.relid
    where c.relkind = 'f'
    limit 1;
    if found then
        raise wrong_object_type using
            message = format('"%s" below "%s" is a foreign table', replace(other::text, '"', ''), shown),
            hint = 'Row-level security does not hold for what another server keeps; detach it first.';
    end if;

    if is_log and tenant_column <> 'tenant_id' then
        raise invalid_parameter_value using
            message = format('the tenant of a log is in "tenant_id", not in "%s"', tenant_column),
            hint = 'Leave tenant_column out.';
    elsif not exists (
        select from pg_attribute a
        where a.attrelid = relation and a.attname = tenant_column and a.attnum > 0 and not a.attisdropped
    ) then
        raise undefined_column using
            message = format('"%s" has no column "%s"', shown, tenant_column),
            hint = 'Name the column that holds the tenant: tenant_column => ''...''';
    elsif eventlog._tenant_type(relation, tenant_column) is null then
        raise datatype_mismatch using
            message = format('column "%s" of "%s" is of a type that no tenant has', tenant_column, shown),
            hint = 'The types of a tenant are uuid, bigint, int, text and varchar, and domains over them.';
    end if;

    if array_position(readers || writers, null) is not null then
        raise invalid_parameter_value using message = 'the name of a role must not be null';
    end if;
    select u.name into unknown
    from unnest(readers || writers) with ordinality u (name, place)
    where u.name <> 'public' and not exists (select from pg_roles r where r.rolname = u.name)
    order by u.place
    limit 1;
    if found then
        raise undefined_object using message = format('role "%s" does not exist', unknown);
    end if;

    if members is not null then
        if members = relation then
            raise invalid_parameter_value using
                message = format('the table of members cannot be "%s" itself', shown),
                hint = 'Its policy would have to read the table that it guards.';
        elsif not exists (
            select from pg_class c where c.oid = members and c.relkind in ('r', 'p', 'v', 'm', 'f')
        ) then
            raise wrong_object_type using message = format('"%s" is not a table', replace(members::text, '"', ''));
        end if;
        select u.name into unknown
        from unnest(array[member, member_tenant]) u (name)
        where not exists (
            select from pg_attribute a
            where a.attrelid = members and a.attname = u.name and a.attnum > 0 and not a.attisdropped
        )
        limit 1;
        if found then
            raise undefined_column using
                message = format('"%s" has no column "%s"', replace(members::text, '"', ''), unknown),
                hint = 'Write the membership as table(column of the user, column of the tenant).';
        elsif eventlog._tenant_type(members, member) is null then
            raise datatype_mismatch using
                message = format('column "%s" of "%s" is of a type that no actor has', member,
                    replace(members::text, '"', '')),
                hint = 'It is compared with the current actor: use uuid, bigint, int, text or varchar.';
        elsif eventlog._tenant_type(members, member_tenant) is distinct from eventlog._tenant_type(relation, tenant_column) then
            raise datatype_mismatch using
                message = format('columns "%s" of "%s" and "%s" of "%s" are of different types', member_tenant,
                    replace(members::text, '"', ''), tenant_column, shown),
                hint = 'Both hold the tenant.';
        end if;
    end if;

    note := jsonb_build_object('column', tenant_column, 'members', members::text, 'member', member,
        'member_tenant', member_tenant);
    if is_log then
        claims := eventlog._claims_of(relation);
        if claims is null then
            raise object_not_in_prerequisite_state using
                message = format('the table of idempotency keys of "%s" is missing', shown),
                hint = 'eventlog.repair_log() puts it back.';
        end if;
        return query select eventlog._apply_tenancy(relation, claims, note,
            coalesce(readers, eventlog._log_roles(relation, 'reader', true)),
            coalesce(writers, eventlog._log_roles(relation, 'writer', true)),
            eventlog._log_roles(relation, 'service'), eventlog._log_roles(relation, 'consumer'), force);
        return;
    end if;

    if readers is null and writers is null then
        -- Privileges say who, policies say which rows.
        readers := '{public}';
        writers := '{public}';
    end if;
    -- Whoever changes rows has to find them.
    return query select eventlog._apply_tenancy(relation, null, note, readers || writers, coalesce(writers, '{}'), '{}', '{}',
        force);
end
$$;

comment on function eventlog._isolate_tenants(regclass, boolean, name, name[], name[], regclass, name, name, boolean) is
    'internal: puts a table under row-level security by tenant, and returns what that changed';
