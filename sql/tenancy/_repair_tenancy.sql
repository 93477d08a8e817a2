-- Puts back what the isolation of a log lacks, if it is isolated, and returns a phrase for each thing. After "drop extension
-- ... cascade" the policies that name a tenant are gone, and nobody sees or writes anything: where the catalogue does not
-- know for whom they were, they are for those who hold the privilege.
-- It alters the table as its caller, who must own it.
create or replace function eventlog._repair_tenancy(relation regclass) returns setof text
    language plpgsql volatile strict parallel unsafe
    set search_path = pg_catalog, pg_temp
as $$
declare
    note jsonb := eventlog._tenancy_note(relation);
begin
    perform eventlog._require_act('_repair_tenancy', 'repair_log');
    if note is null then
        return;
    end if;
    return query select eventlog._apply_tenancy(relation, eventlog._claims_of(relation),
        '{"column": "tenant_id"}' || note,
        eventlog._log_roles(relation, 'reader', coalesce(eventlog._policy_roles(relation, 'eventlog_read'),
            eventlog._kept_roles(relation, 'reader')) is null),
        eventlog._log_roles(relation, 'writer', coalesce(eventlog._policy_roles(relation, 'eventlog_write'),
            eventlog._kept_roles(relation, 'writer')) is null),
        eventlog._log_roles(relation, 'service'), eventlog._log_roles(relation, 'consumer'),
        coalesce((select i.force from eventlog.isolated_table i where i.relation = _repair_tenancy.relation),
            (select c.relforcerowsecurity from pg_class c where c.oid = _repair_tenancy.relation)));
end
$$;

comment on function eventlog._repair_tenancy(regclass) is
    'internal: puts back what the isolation of a log lacks, and returns what that was';
