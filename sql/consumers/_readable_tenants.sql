-- Whose events of a log the current role sees, as its policies say. It answers for those that isolate_tenants makes, and
-- for no others.
create or replace function eventlog._readable_tenants(log regclass) returns setof text
    language plpgsql stable strict parallel unsafe
    set search_path = pg_catalog, pg_temp
as $$
declare
    note jsonb := eventlog._tenancy_note(log);
    shown text := replace(log::text, '"', '');
    named text;
    tenants text;
begin
    if exists (
        select from pg_attribute a
        where a.attrelid = log and a.attnum > 0 and not a.attisdropped
            and not has_column_privilege(log, a.attnum, 'SELECT')
    ) then
        raise insufficient_privilege using message = format('permission denied for table %s', shown);
    end if;
    if note is null or not (select c.relrowsecurity from pg_class c where c.oid = log) then
        raise object_not_in_prerequisite_state using
            message = format('log "%s" is not isolated by tenant', shown),
            hint = 'Its owner does that with eventlog.isolate_tenants().';
    end if;
    -- Superusers, roles with BYPASSRLS, and the owner where it is not forced: no policy holds for them.
    if not row_security_active(log) then
        return next '*';
        return;
    end if;
    select p.polname into named
    from pg_policy p
    where p.polrelid = log
        and p.polcmd in ('r', '*')
        and exists (select from unnest(p.polroles) u (role) where u.role = 0 or pg_has_role(u.role, 'USAGE'))
        and (not p.polpermissive or p.polname not in ('eventlog_owner', 'eventlog_read', 'eventlog_consumer'))
    order by 1
    limit 1;
    if named is not null then
        raise object_not_in_prerequisite_state using
            message = format('policy "%s" of log "%s" holds for this role too, and says what it does itself', named, shown);
    end if;
    if eventlog._reads_all(log, (select r.oid from pg_roles r where r.rolname = current_user)) then
        return next '*';
        return;
    end if;
    if not exists (
        select from pg_policy p
        where p.polrelid = log and p.polname = 'eventlog_read'
            and exists (select from unnest(p.polroles) u (role) where u.role = 0 or pg_has_role(u.role, 'USAGE'))
    ) then
        return;
    end if;
    if note ->> 'members' is null then
        tenants := 'select eventlog.current_tenant()';
    else
        tenants := format('select distinct m.%I::text from %s m where m.%I::text = eventlog.current_actor() order by 1',
            note ->> 'member_tenant', (note ->> 'members')::regclass, note ->> 'member');
    end if;
    return query execute format('select t from (%s) as tenants (t) where t is not null', tenants);
end
$$;

comment on function eventlog._readable_tenants(regclass) is
    'internal: the tenants whose events of a log the current role sees';
