-- Gives one kind of roles of an isolated log other members; the rest stays.
-- It alters the table as its caller, who must own it.
create or replace function eventlog._apply_kind(log regclass, claims regclass, kind text, roles name[]) returns setof text
    language sql volatile strict parallel unsafe
    set search_path = pg_catalog, pg_temp
as $$
    select eventlog._apply_tenancy($1, $2, '{"column": "tenant_id"}' || eventlog._tenancy_note($1),
        case $3 when 'reader' then $4 else eventlog._log_roles($1, 'reader') end,
        case $3 when 'writer' then $4 else eventlog._log_roles($1, 'writer') end,
        case $3 when 'service' then $4 else eventlog._log_roles($1, 'service') end,
        case $3 when 'consumer' then $4 else eventlog._log_roles($1, 'consumer') end,
        coalesce((select i.force from eventlog.isolated_table i where i.relation = $1),
            (select c.relforcerowsecurity from pg_class c where c.oid = $1)))
$$;

comment on function eventlog._apply_kind(regclass, regclass, text, name[]) is
    'internal: gives an isolated log other readers, writers, services or consumers';
