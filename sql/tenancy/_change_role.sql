-- Makes a role a reader, writer, service or consumer of a log, or takes that from it; returns a phrase for each thing that
-- it changed. Privileges say what the role may do, policies for which tenant: so a log that is not isolated yet is
-- isolated first.
-- It grants as its caller, who must own the log.
create or replace function eventlog._change_role(log regclass, role_name name, kind text, granting boolean) returns setof text
    language plpgsql volatile called on null input parallel unsafe
    set search_path = pg_catalog, pg_temp
as $$
declare
    -- As messages show it, without the quotes that a statement would need.
    shown text := replace(log::text, '"', '');
    found_role record;
    claims regclass := eventlog._claims_of(log);
    rejected regclass := eventlog._rejected_of(log);
    writes boolean := kind in ('writer', 'service');
    -- who shares the privilege: a service inserts as a writer does
    counterpart text := case kind when 'writer' then 'service' when 'service' then 'writer' when 'reader' then 'consumer'
        else 'reader' end;
    given text[] := array['type', 'payload', 'tenant_id', 'entity_type', 'entity_id', 'actor_type', 'actor_id',
        'occurred_at', 'context', 'correlation_id', 'causation_id', 'source_type', 'source_id', 'version', 'idempotency_key'];
    claimed text[] := array['tenant_id', 'key', 'hash', 'event_id'];
    schema_name name;
    part record;
    roles name[];
begin
    perform eventlog._require_act('_change_role', format('%s_%s', case when granting then 'grant' else 'revoke' end, kind));
    select r.oid, r.rolsuper as is_super, r.rolbypassrls as bypasses into found_role from pg_roles r where r.rolname = role_name;
    if not found then
        raise undefined_object using message = format('role "%s" does not exist', role_name);
    elsif claims is null then
        raise object_not_in_prerequisite_state using
            message = format('the table of idempotency keys of "%s" is missing', shown),
            hint = 'eventlog.repair_log() puts it back.';
    end if;

    if granting then
        if eventlog._tenancy_note(log) is null then
            return query select eventlog._isolate_tenants(log, true, 'tenant_id', null, null, null, null, null, true);
        end if;
        -- Refuses a role that may not be it, before it is given anything.
        return query select eventlog._apply_kind(log, claims, kind, array(
            select unnest(eventlog._log_roles(log, kind)) union select role_name order by 1));
        if (found_role.is_super or found_role.bypasses) and kind in ('reader', 'writer') then
            raise warning using
                message = format('role "%s" bypasses row-level security', role_name),
                detail = format('No policy holds it to a tenant of "%s".', shown),
                hint = 'Let the application log in as a role without SUPERUSER and BYPASSRLS.';
        end if;
    elsif eventlog._tenancy_note(log) is not null then
        roles := eventlog._log_roles(log, kind);
        return query select eventlog._apply_kind(log, claims, kind, array_remove(roles, role_name));
        if role_name = any (eventlog._log_roles(log, counterpart)) then
            return;
        end if;
    end if;

    -- What a helper does not give, and what it gave and takes back now.
    for part in
        select g.relation, g.privilege, min(g.place) as place
        from (
            select c.oid::regclass, (c.oid <> log)::int, e.privilege_type, null::name
            from pg_class c cross join lateral aclexplode(c.relacl) e
            where c.oid in (log, claims, rejected) and e.grantee = found_role.oid
            union all
            select a.attrelid::regclass, (a.attrelid <> log)::int, e.privilege_type, a.attname
            from pg_attribute a cross join lateral aclexplode(a.attacl) e
            where a.attrelid in (log, claims, rejected) and e.grantee = found_role.oid
        ) g (relation, place, privilege, column_name)
        where case
            when g.privilege in ('UPDATE', 'DELETE') then granting
            when g.privilege = 'SELECT' then not granting and (g.relation = log) <> writes
            when g.privilege <> 'INSERT' or not writes then false
            when not granting then true
            when g.relation = log then g.column_name is null or g.column_name <> all (given)
            else g.column_name is null or g.column_name <> all (claimed)
        end
        group by 1, 2
        order by 3, 2
    loop
        execute format('revoke %s on %s from %I cascade', part.privilege, part.relation, role_name);
        return next format('no %s on %s for %I', part.privilege, part.relation, role_name);
    end loop;
    if not granting then
        return;
    end if;

    for part in
        select w.relation, w.privilege, w.columns
        from (values
            (1, log, 'SELECT', null::text[], not writes),
            (2, log, 'INSERT', given, writes),
            (3, claims, 'SELECT', claimed, writes),
            (4, claims, 'INSERT', claimed, writes),
            (5, rejected, 'SELECT', null, kind = 'service')
        ) w (place, relation, privilege, columns, wanted)
        where w.wanted and w.relation is not null and not case
            when w.columns is null then exists (
                select from pg_class c cross join lateral aclexplode(c.relacl) e
                where c.oid = w.relation and e.grantee = found_role.oid and e.privilege_type = w.privilege)
            else not exists (
                select from unnest(w.columns) n (name)
                where not exists (
                    select from pg_attribute a cross join lateral aclexplode(a.attacl) e
                    where a.attrelid = w.relation and a.attname = n.name and e.grantee = found_role.oid
                        and e.privilege_type = w.privilege)
            )
        end
        order by w.place
    loop
        execute format('grant %s%s on %s to %I', part.privilege,
            coalesce(' (' || (select string_agg(quote_ident(n), ', ') from unnest(part.columns) n) || ')', ''),
            part.relation, role_name);
        return next format('%s on %s for %I', part.privilege, part.relation, role_name);
    end loop;

    select n.nspname into strict schema_name
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.oid = log;
    if not has_schema_privilege(found_role.oid, schema_name, 'USAGE') then
        raise notice using
            message = format('role "%s" may not use schema "%s"', role_name, schema_name),
            hint = format('The owner of the schema can grant it: grant usage on schema %I to %I', schema_name, role_name);
    end if;
end
$$;

comment on function eventlog._change_role(regclass, name, text, boolean) is
    'internal: makes a role a reader, writer, service or consumer of a log, or undoes it, and returns what that changed';
