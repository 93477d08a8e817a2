-- The statement that would isolate a table as it is isolated: what it compares, and for whom.
create function eventlog._isolate_call(relation regclass) returns text
    language sql stable strict parallel unsafe
    set search_path = pg_catalog, pg_temp
as $$
    select format('select eventlog.isolate_tenants(%L, %L, readers => %L, writers => %L%s, force => %s)',
        $1,
        coalesce(note ->> 'column',
            -- Its comment is lost: the policy still compares the column.
            (select (parse_ident(substring(pg_get_expr(p.polqual, p.polrelid) from '^\(("(?:[^"]|"")+"|\w+) = ')))[1]
                from pg_policy p
                where p.polrelid = $1 and p.polname in ('eventlog_read', 'eventlog_delete', 'eventlog_update')
                order by p.polname desc limit 1),
            'tenant_id'),
        coalesce(eventlog._policy_roles($1, 'eventlog_read'), eventlog._policy_roles($1, 'eventlog_write'), '{}'),
        coalesce(eventlog._policy_roles($1, 'eventlog_write'), '{}'),
        ', membership => ' || quote_literal((note ->> 'members')
            || '(' || quote_ident(note ->> 'member') || ', ' || quote_ident(note ->> 'member_tenant') || ')'),
        c.relforcerowsecurity::text)
    from pg_class c
    cross join lateral (select eventlog._tenancy_note($1)) n (note)
    where c.oid = $1
$$;

-- It reads what everyone may read.
revoke all on function eventlog._isolate_call(regclass) from public;
grant execute on function eventlog._isolate_call(regclass) to public;

comment on function eventlog._isolate_call(regclass) is
    'internal: the call of isolate_tenants that would give a table the policies that it has';
