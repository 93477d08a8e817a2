-- How the rows of a table belong to tenants, and whether it was under row-level security before: what the catalogue says,
-- else what stands beside the table. Null where the table is not isolated.
-- The catalogs, which it reads, are open to everyone.
create or replace function eventlog._tenancy_note(relation regclass) returns jsonb
    language sql stable strict parallel unsafe
    set search_path = pg_catalog, pg_temp
as $$
    select coalesce(
        (select jsonb_build_object('column', i.tenant_column, 'members', i.members, 'member', i.member,
                'member_tenant', i.member_tenant, 'enabled', i.was_enabled, 'forced', i.was_forced)
            from eventlog.isolated_table i where i.relation = $1),
        eventlog._tenancy_comment($1))
$$;

comment on function eventlog._tenancy_note(regclass) is
    'internal: how the rows of an isolated table belong to tenants';
