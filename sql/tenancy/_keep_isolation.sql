-- Enters into the catalogue how a table is isolated, as its policies and their comment say that were made just now; takes
-- it out where it has none. Runs as the catalogue's owner, and reads system catalogs alone.
create or replace function eventlog._keep_isolation(relation regclass) returns void
    language plpgsql volatile strict parallel unsafe
    set search_path = pg_catalog, pg_temp
as $$
declare
    note jsonb := eventlog._tenancy_comment(relation);
begin
    perform eventlog._require_act('_keep_isolation', 'isolate_tenants');
    if note is null then
        delete from eventlog.isolated_table i where i.relation = _keep_isolation.relation;
        return;
    end if;
    insert into eventlog.isolated_table as i
    select relation, coalesce(note ->> 'column', 'tenant_id'), note ->> 'members', note ->> 'member', note ->> 'member_tenant',
        coalesce(note -> 'enabled' = 'true', false), coalesce(note -> 'forced' = 'true', false), c.relforcerowsecurity,
        coalesce(eventlog._policy_roles(relation, 'eventlog_read'), '{}'),
        coalesce(eventlog._policy_roles(relation, 'eventlog_write'), '{}'),
        coalesce(eventlog._policy_roles(relation, 'eventlog_service'), '{}'),
        coalesce(eventlog._policy_roles(relation, 'eventlog_consumer'), '{}')
    from pg_class c
    where c.oid = _keep_isolation.relation
    on conflict on constraint isolated_table_pkey do update
    set tenant_column = excluded.tenant_column, members = excluded.members, member = excluded.member,
        member_tenant = excluded.member_tenant, was_enabled = excluded.was_enabled, was_forced = excluded.was_forced,
        force = excluded.force, readers = excluded.readers, writers = excluded.writers, services = excluded.services,
        consumers = excluded.consumers
    where i is distinct from excluded;
end
$$;

-- Called by isolate_tenants and its like, as the catalogue's owner.
revoke all on function eventlog._keep_isolation(regclass) from public;

comment on function eventlog._keep_isolation(regclass) is
    'internal: enters into the catalogue how a table is isolated';
