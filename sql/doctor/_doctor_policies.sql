-- Policies that are slow, or open what those of isolate_tenants close.
create function eventlog._doctor_policies() returns table (severity text, object text, finding text, remedy text)
    language plpgsql stable strict parallel unsafe
    set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    perform eventlog._check_doctor();

    -- On tables of ours whatever asks for the context; elsewhere what asks us for it.
    return query
    select 'warning', format('policy %I on %s', p.polname, p.polrelid::regclass),
        format('calls %s for each row, and no index serves it',
            (select string_agg(distinct format('%s.%s()', n.nspname, f.proname), ', ') from pg_proc f
                join pg_namespace n on n.oid = f.pronamespace where f.oid = any (asked.functions))),
        format('alter policy %I on %s using (%s)', p.polname, p.polrelid::regclass,
            eventlog._wrap_calls(pg_get_expr(p.polqual, p.polrelid)))
    from pg_policy p
    cross join lateral (
        select array(
            select f.oid
            from unnest(eventlog._calls_per_row(p.polqual::text)) u (oid)
            join pg_proc f on f.oid = u.oid
            join pg_namespace n on n.oid = f.pronamespace
            where n.nspname = 'eventlog' and f.proname like 'current\_%'
                or (n.nspname = 'auth' and f.pronargs = 0
                        or n.nspname = 'pg_catalog' and f.proname = 'current_setting')
                    and exists (select from eventlog._doctor_tables() m where m.relation = p.polrelid))
    ) asked (functions)
    where p.polqual is not null
        and asked.functions <> '{}'
        and eventlog._wrap_calls(pg_get_expr(p.polqual, p.polrelid)) <> pg_get_expr(p.polqual, p.polrelid);

    -- Postgres combines permissive policies with OR: what one lets pass is not stopped by another.
    return query
    select 'warning', format('policy %I on %s', p.polname, m.relation),
        format('lets rows pass that %s would stop, and takes the index from %s',
            string_agg(distinct ours.polname::text, ', '),
            case when count(distinct ours.oid) = 1 then 'it' else 'them' end),
        format('drop policy %I on %s', p.polname, m.relation)
    from eventlog._doctor_tables() m
    join pg_policy p on p.polrelid = m.relation and p.polpermissive
    join pg_policy ours on ours.polrelid = m.relation and ours.oid <> p.oid
        and (p.polcmd = '*' or ours.polcmd = '*' or p.polcmd = ours.polcmd)
    cross join lateral unnest(p.polroles) theirs (oid)
    cross join lateral unnest(ours.polroles) mine (oid)
    left join pg_roles t on t.oid = theirs.oid
    left join pg_roles r on r.oid = mine.oid
    where m.isolated
        and p.polname not in ('eventlog_owner', 'eventlog_read', 'eventlog_write', 'eventlog_update', 'eventlog_delete',
            'eventlog_service', 'eventlog_service_read', 'eventlog_consumer')
        and ours.polname in ('eventlog_owner', 'eventlog_read', 'eventlog_write', 'eventlog_update', 'eventlog_delete',
            'eventlog_service', 'eventlog_service_read', 'eventlog_consumer')
        -- a superuser's membership in everything is none
        and (theirs.oid = 0 or mine.oid = 0 or theirs.oid = mine.oid
            or not r.rolsuper and pg_has_role(mine.oid, theirs.oid, 'USAGE')
            or not t.rolsuper and pg_has_role(theirs.oid, mine.oid, 'USAGE'))
    group by m.relation, p.polname;
end
$$;

-- It reads what everyone may read.
revoke all on function eventlog._doctor_policies() from public;
grant execute on function eventlog._doctor_policies() to public;

comment on function eventlog._doctor_policies() is
    'internal: what doctor() finds about policies';
