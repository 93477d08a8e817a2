-- The statement that would isolate a table as it was isolated: what it compares, and for whom.
-- It reads what everyone may read.
create or replace function eventlog._isolate_call(relation regclass) returns text
    language sql stable strict parallel unsafe
    set search_path = pg_catalog, pg_temp
as $$
    select format('select eventlog.isolate_tenants(%L, %L, readers => %L, writers => %L%s, force => %s)',
        $1, eventlog._tenant_column($1),
        -- A role may have another name by now, which the policy follows.
        coalesce(case when not k.renamed then k.readers end, eventlog._policy_roles($1, 'eventlog_read'),
            eventlog._policy_roles($1, 'eventlog_write'), k.readers, '{}'),
        coalesce(case when not k.renamed then k.writers end, eventlog._policy_roles($1, 'eventlog_write'), k.writers, '{}'),
        ', membership => ' || quote_literal((note ->> 'members')
            || '(' || quote_ident(note ->> 'member') || ', ' || quote_ident(note ->> 'member_tenant') || ')'),
        coalesce(i.force, c.relforcerowsecurity)::text)
    from pg_class c
    left join eventlog.isolated_table i on i.relation = c.oid
    cross join lateral (select eventlog._tenancy_note($1)) n (note)
    cross join lateral (
        select k.readers, k.writers,
            cardinality(k.readers) <> cardinality(i.readers) or cardinality(k.writers) <> cardinality(i.writers)
        from (select eventlog._kept_roles($1, 'reader'), eventlog._kept_roles($1, 'writer')) k (readers, writers)
    ) k (readers, writers, renamed)
    where c.oid = $1
$$;

comment on function eventlog._isolate_call(regclass) is
    'internal: the call of isolate_tenants that would give a table the policies that it is to have';
