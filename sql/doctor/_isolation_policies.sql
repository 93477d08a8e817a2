-- The policies that isolated tables are to have: for which command, what they ask, and for whom they are, as far as the
-- catalogue knows.
-- It reads what everyone may read.
create or replace function eventlog._isolation_policies(examined eventlog._doctor_table[])
    returns table (
        relation regclass,
        role text,
        log regclass,
        policy name,
        command "char",
        privilege text,
        sees text,
        writes text,
        roles name[],
        renamed boolean
    )
    language sql stable strict parallel unsafe
    set search_path = pg_catalog, pg_temp
as $$
    with isolated as materialized (
        select m.relation, m.role, m.log, b.base,
            eventlog._tenancy_note(b.base) || jsonb_build_object('column', m.tenant_column) as note
        from unnest($1) m
        -- Keys and rejected events are kept apart as their log is.
        cross join lateral (select case when m.role in ('keys', 'rejected') then m.log else m.relation end) b (base)
        where m.isolated and not m.is_partition
    ),
    asked as materialized (
        select i.*, e.tenant_is_mine, e.may_write, e.may_claim
        from isolated i
        left join lateral eventlog._tenancy_expressions(i.base, i.role <> 'table', i.note) e on true
    )
    select a.relation, a.role, a.log, w.policy,
        case w.command when 'select' then 'r' when 'insert' then 'a' when 'update' then 'w' else 'd' end::"char",
        upper(w.command), w.sees, w.writes, k.roles,
        cardinality(k.roles) <> cardinality(case w.kind when 'reader' then i.readers when 'writer' then i.writers
            when 'service' then i.services else i.consumers end)
    from asked a
    left join eventlog.isolated_table i on i.relation = a.base
    join lateral eventlog._policies(a.tenant_is_mine, a.may_write, a.may_claim) w on w.role = a.role and w.kind <> 'owner'
    cross join lateral (select eventlog._kept_roles(a.base, w.kind)) k (roles)
$$;

comment on function eventlog._isolation_policies(eventlog._doctor_table[]) is
    'internal: the policies that isolated tables are to have';
