-- Isolates a table for these roles, or brings an isolated one to this state, and returns a phrase for each thing that it
-- changed. With claims, the table is a log and claims keeps its idempotency keys. The note says to which column and to
-- which table of members the policies compare.
--
-- Each role has one policy at most for a command, unless a role inherits from another: Postgres combines two with OR,
-- and reads the whole table for it.
-- It alters the tables as its caller, who must own them.
create or replace function eventlog._apply_tenancy(
    relation regclass,
    claims regclass,
    note jsonb,
    readers name[],
    writers name[],
    services name[],
    consumers name[],
    force boolean
) returns setof text
    language plpgsql volatile called on null input parallel unsafe
    set search_path = pg_catalog, pg_temp
as $$
declare
    -- As messages show it, without the quotes that a statement would need.
    shown text := replace(relation::text, '"', '');
    owner name;
    owner_oid oid;
    found_role record;
    -- the expressions of the policies
    tenant_is_mine text;
    may_write text;
    may_claim text;
    -- of the table or log, and of its keys
    policies jsonb;
begin
    perform eventlog._require_act('_apply_tenancy', 'isolate_tenants');
    select c.relowner, pg_get_userbyid(c.relowner) into strict owner_oid, owner from pg_class c where c.oid = relation;

    -- A role whose own policy lets it do everything is not to be a reader or writer of one tenant.
    select r.rolname as name, r.oid = owner_oid as is_owner into found_role
    from unnest(readers || writers || services || consumers) u (name)
    join pg_roles r on r.rolname = u.name
    where r.oid = owner_oid or not r.rolsuper and pg_has_role(r.oid, owner_oid, 'USAGE')
    order by 2 desc, 1
    limit 1;
    if found then
        raise invalid_parameter_value using
            message = case when found_role.is_owner then format('role "%s" is the owner of "%s"', found_role.name, shown)
                else format('role "%s" has the rights of the owner of "%s"', found_role.name, shown) end,
            hint = 'The owner sees and writes the rows of all tenants. Let applications log in as other roles.';
    end if;
    select p.narrow, p.wide, p.narrow_kind, p.wide_kind into found_role
    from (
        select n.name as narrow, w.name as wide, 'writer' as narrow_kind, 'service' as wide_kind
        from unnest(writers) n (name) cross join unnest(services) w (name)
        union all
        select n.name, w.name, 'reader', 'consumer'
        from unnest(readers) n (name) cross join unnest(consumers) w (name)
    ) p
    join pg_roles n on n.rolname = p.narrow
    join pg_roles w on w.rolname = p.wide
    where n.oid = w.oid
        or not n.rolsuper and pg_has_role(n.oid, w.oid, 'USAGE')
        or not w.rolsuper and pg_has_role(w.oid, n.oid, 'USAGE')
    order by 1, 2
    limit 1;
    if found then
        raise object_not_in_prerequisite_state using
            message = case when found_role.narrow = found_role.wide
                then format('role "%s" cannot be a %s and a %s of "%s"', found_role.narrow, found_role.narrow_kind,
                    found_role.wide_kind, shown)
                else format('role "%s", a %s of "%s", and "%s", a %s, share their rights', found_role.narrow,
                    found_role.narrow_kind, shown, found_role.wide, found_role.wide_kind) end,
            hint = format('The one is held to a tenant, the other is not: take away the one with eventlog.revoke_%s() or '
                'eventlog.revoke_%s(), or use another role.', found_role.narrow_kind, found_role.wide_kind);
    end if;

    select e.tenant_is_mine, e.may_write, e.may_claim into tenant_is_mine, may_write, may_claim
    from eventlog._tenancy_expressions(relation, claims is not null, note) e;
    if tenant_is_mine is null then
        raise object_not_in_prerequisite_state using
            message = format('the members of the tenants of "%s" are not where they were: %s', shown, note ->> 'members'),
            hint = 'Call eventlog.isolate_tenants() again with the present membership.';
    end if;

    select jsonb_object_agg(g.role, g.policies) into policies
    from (
        select p.role, jsonb_agg(jsonb_build_object('name', p.policy, 'cmd', p.command, 'using', p.sees, 'check', p.writes,
            'about', p.about, 'roles', case p.kind when 'owner' then array[owner] when 'reader' then readers
                when 'writer' then writers when 'service' then services else consumers end) order by p.place)
        from eventlog._policies(tenant_is_mine, may_write, may_claim)
            with ordinality p (role, policy, command, kind, sees, writes, about, place)
        group by p.role
    ) g (role, policies);
    return query select eventlog._put_policies(
        relation, policies -> case when claims is null then 'table' else 'log' end, note, force);
    return query select eventlog._cover_partitions(relation, force);
    if claims is not null then
        return query select eventlog._put_policies(claims, policies -> 'keys', '{}', force);
        if eventlog._rejected_of(relation) is not null then
            return query select eventlog._put_policies(eventlog._rejected_of(relation), policies -> 'rejected', '{}', force);
        end if;
    end if;
end
$$;

comment on function eventlog._apply_tenancy(regclass, regclass, jsonb, name[], name[], name[], name[], boolean) is
    'internal: gives an isolated table the policies for these roles, and returns what that changed';
