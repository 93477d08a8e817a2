-- Row-level security: what is isolated is closed on every way, partitions, keys and owners included.
-- It reads what everyone may read.
create or replace function eventlog._doctor_isolation(examined eventlog._doctor_table[]) returns setof eventlog._doctor_finding
    language plpgsql stable strict parallel unsafe
    set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    perform eventlog._check_doctor();

    return query
    select
        case when not m.is_partition or exists (
                select from aclexplode(c.relacl) e where e.grantee <> c.relowner) then 'error' else 'warning' end,
        m.relation::text,
        case when m.is_partition
            then format('row-level security is disabled on this partition of %s: who may name it reads and writes rows of '
                'all tenants', m.root)
            else 'row-level security is disabled: its policies hold for nobody' end,
        format('alter table %s enable row level security', m.relation)
    from unnest(examined) m
    join pg_class c on c.oid = m.relation and not c.relrowsecurity
    where m.isolated and m.kind <> 'f';

    return query
    select case when o.policy is null then 'warning' else 'info' end, m.relation::text,
        'row-level security is not forced: '
            || case when o.policy is null then 'it does not hold for the owner, nor for the owner''s definer functions and views'
                else 'restrictive policies do not hold for the owner' end,
        format('alter table %s force row level security', m.relation)
    from unnest(examined) m
    join pg_class c on c.oid = m.relation and c.relrowsecurity and not c.relforcerowsecurity
    left join lateral (
        select p.oid from pg_policy p where p.polrelid = m.relation and p.polname = 'eventlog_owner'
    ) o (policy) on true
    where m.isolated or m.role <> 'table';

    return query
    select 'warning', m.relation::text,
        'row-level security is enabled and there is no policy: nobody but '
            || case when c.relforcerowsecurity then 'superusers sees' else 'the owner sees' end || ' or writes a row',
        format('select eventlog.isolate_tenants(%L)', m.log)
    from unnest(examined) m
    join pg_class c on c.oid = m.relation and c.relrowsecurity
    where m.role <> 'table'
        and not m.isolated
        and not m.is_partition
        and not exists (select from pg_policy p where p.polrelid = m.relation)
        and not (m.role in ('keys', 'rejected') and (select l.isolated from unnest(examined) l where l.relation = m.log));

    return query
    select 'warning', m.relation::text,
        'has no policy eventlog_owner: its owner can neither dump it nor keep it up',
        format('create policy eventlog_owner on %s to %I using (true) with check (true)', m.relation,
            pg_get_userbyid(m.owner))
    from unnest(examined) m
    where m.isolated and m.kind <> 'f'
        and not exists (select from pg_policy p where p.polrelid = m.relation and p.polname = 'eventlog_owner');

    return query
    select 'warning', format('policy eventlog_owner on %s', m.relation),
        format('is for %s, and not for the owner: it opens the rows of all tenants',
            array_to_string(eventlog._policy_roles(m.relation, 'eventlog_owner'), ', ')),
        format('alter policy eventlog_owner on %s to %I', m.relation, pg_get_userbyid(m.owner))
    from unnest(examined) m
    join pg_policy p on p.polrelid = m.relation and p.polname = 'eventlog_owner'
    where m.isolated and p.polroles <> array[m.owner];

    return query
    select 'warning', m.relation::text,
        format('%s may read or write here and no policy says of which tenants: all of them',
            array_to_string(g.roles, ', ')),
        format('select eventlog.isolate_tenants(%L)', m.relation)
    from unnest(examined) m
    join eventlog.log l on l.relation = m.relation and l.require_tenant
    join pg_class c on c.oid = m.relation and not c.relrowsecurity
    cross join lateral (
        select array(
            select unnest(eventlog._grantees(m.relation, 'SELECT') || eventlog._grantees(m.relation, 'INSERT')) union
            select unnest('{}'::name[]) order by 1)
    ) g (roles)
    where m.role = 'log' and not m.isolated and g.roles <> '{}';

    return query
    select 'warning', k.relation::text,
        format('is not isolated, though %s is: %s', m.relation, case k.role
            when 'keys' then 'its keys tell one tenant about another'
            else 'whoever may see rejected events sees those of all tenants' end),
        format('select * from eventlog.repair_log(%L)', m.relation)
    from unnest(examined) m
    join unnest(examined) k on k.log = m.relation and k.role in ('keys', 'rejected')
    where m.role = 'log' and m.relation = m.root and m.isolated and not k.isolated;

    return query
    select 'error', m.relation::text,
        format('%s may name this partition of %s, where no policy holds it to a tenant', g.shown, m.root),
        format('revoke all on %s from %s cascade', m.relation, g.grantee)
    from unnest(examined) m
    join lateral (
        select distinct case when e.grantee = 0 then 'public' else quote_ident(pg_get_userbyid(e.grantee)) end,
            case when e.grantee = 0 then 'everyone (PUBLIC)' else pg_get_userbyid(e.grantee)::text end
        from (
            select x.grantee from pg_class c cross join lateral aclexplode(c.relacl) x where c.oid = m.relation
            union
            select x.grantee from pg_attribute a cross join lateral aclexplode(a.attacl) x where a.attrelid = m.relation
        ) e
        where e.grantee <> m.owner
    ) g (grantee, shown) on true
    where m.isolated and m.is_partition;

    return query
    select 'info', m.relation::text,
        format('has no index that starts with the tenant''s column %I: each query reads all tenants'' rows', m.tenant_column),
        format('create index on %s (%I)', m.relation, m.tenant_column)
    from unnest(examined) m
    join pg_attribute a on a.attrelid = m.relation and a.attname = m.tenant_column and not a.attisdropped
    where (m.isolated or m.role <> 'table')
        and not m.is_partition
        and not exists (
            select from pg_index i
            where i.indrelid = m.relation and i.indkey[0] = a.attnum and i.indpred is null and i.indisvalid);
end
$$;

comment on function eventlog._doctor_isolation(eventlog._doctor_table[]) is
    'internal: what doctor() finds about row-level security';
