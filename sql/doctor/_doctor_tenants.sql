-- Isolated tables whose policies are not those that isolate_tenants and the roles of a log made, or not for those roles.
-- It reads what everyone may read.
create or replace function eventlog._doctor_tenants(examined eventlog._doctor_table[]) returns setof eventlog._doctor_finding
    language plpgsql stable strict parallel unsafe
    set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    perform eventlog._check_doctor();

    return query
    with wanted as materialized (
        select w.*, p.oid, p.polcmd, p.polpermissive, p.polroles
        from eventlog._isolation_policies(examined) w
        left join pg_policy p on p.polrelid = w.relation and p.polname = w.policy
    ),
    shown as materialized (
        select w.*, part.wanted, part.text, part.functions
        from wanted w
        cross join lateral (
            values (w.sees, eventlog._policy_text(w.oid, false), array['current_tenant()', 'current_actor()']),
                (w.writes, eventlog._policy_text(w.oid, true), array['may_write(', 'current_tenant()'])
        ) part (wanted, text, functions)
        -- What is to be open to some roles is theirs to narrow.
        where w.oid is not null
            and (part.wanted <> 'true' or part.wanted is not null and (w.polcmd <> w.command or not w.polpermissive))
            -- What cannot be told is none of these, unless there is nothing to tell.
            and (part.text is not null or exists (
                select from pg_policy p
                where p.oid = w.oid and case when part.wanted = w.sees then p.polqual else p.polwithcheck end is null))
    )
    select 'error', format('policy %s on %s', s.policy, s.relation),
        case
            when s.polcmd <> s.command or not s.polpermissive
                then 'is not for the command that isolate_tenants made it for, or not permissive any more'
            when bool_or(not exists (select from unnest(s.functions) f where strpos(s.text, 'eventlog.' || f) > 0)
                    or s.text is null)
                then 'does not ask for the tenant: it lets pass what is not the current tenant''s'
            else 'does not ask what isolate_tenants made it ask for'
        end,
        case s.role when 'table' then eventlog._isolate_call(s.relation)
            else format('select * from eventlog.repair_log(%L)', s.log) end
    from shown s
    where s.polcmd <> s.command
        or not s.polpermissive
        or s.text is null
        or eventlog._plain_expression(s.text) <> eventlog._plain_expression(s.wanted)
    group by s.policy, s.relation, s.polcmd, s.command, s.polpermissive, s.role, s.log
    union all
    -- For roles that may still do what the policy is about; those that were stripped of all need none.
    select 'error', w.relation::text,
        format('has lost %s%s', string_agg('policy ' || w.policy, ', ' order by w.policy), case
            when c.relrowsecurity then ': for whom they were sees and writes nothing, or what policies of somebody else''s say'
            else ' and row-level security: everyone sees and writes the rows of all tenants' end),
        case w.role when 'table' then eventlog._isolate_call(w.relation)
            else format('select * from eventlog.repair_log(%L)', w.log) end
    from wanted w
    join pg_class c on c.oid = w.relation
    where w.oid is null
        and exists (
            select
            from unnest(w.roles) u (name)
            left join pg_roles r on r.rolname = u.name
            where u.name = 'public' or case w.privilege
                when 'DELETE' then has_table_privilege(r.oid, w.relation, 'DELETE')
                else has_any_column_privilege(r.oid, w.relation, w.privilege) end)
    group by w.relation, w.role, w.log, c.relrowsecurity
    union all
    select 'error', format('policy %s on %s', w.policy, w.relation),
        format('is for %s as well, whom nobody made %s', x.roles, case w.privilege
            when 'SELECT' then 'a reader' else 'a writer' end || case w.role when 'table' then '' else ' of the log' end),
        case when w.roles = '{}' then format('drop policy %s on %s', w.policy, w.relation)
            else format('alter policy %s on %s to %s', w.policy, w.relation, (
                select string_agg(case when r = 'public' then 'public' else quote_ident(r) end, ', ') from unnest(w.roles) r))
        end
    from wanted w
    cross join lateral (
        select string_agg(coalesce(r.rolname::text, 'everyone (PUBLIC)'), ', ' order by r.rolname)
        from unnest(w.polroles) u (oid)
        left join pg_roles r on r.oid = u.oid
        where coalesce(r.rolname, 'public') <> all (w.roles)
            and 'public' <> all (w.roles)
    ) x (roles)
    -- A role that has another name by now is the one that it was.
    where x.roles is not null and not w.renamed;

    return query
    select 'info', m.relation::text,
        format('was isolated by its column %I, which is now %I', i.tenant_column, m.tenant_column),
        eventlog._isolate_call(m.relation)
    from unnest(examined) m
    join eventlog.isolated_table i on i.relation = m.relation
    where not m.is_partition and m.tenant_column <> i.tenant_column;
end
$$;

comment on function eventlog._doctor_tenants(eventlog._doctor_table[]) is
    'internal: what doctor() finds about the policies of isolated tables';
