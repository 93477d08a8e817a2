-- The readers, writers, services or consumers that the catalogue knows of an isolated table, without those that are gone;
-- null where it does not know the table.
-- The catalogs, which it reads, are open to everyone.
create or replace function eventlog._kept_roles(relation regclass, kind text) returns name[]
    language sql stable strict parallel safe
    set search_path = pg_catalog, pg_temp
as $$
    select array(
        select u.name
        from unnest(case $2 when 'reader' then i.readers when 'writer' then i.writers when 'service' then i.services
            else i.consumers end) u (name)
        where u.name = 'public' or exists (select from pg_roles r where r.rolname = u.name)
        order by 1
    )::name[]
    from eventlog.isolated_table i
    where i.relation = $1
$$;

comment on function eventlog._kept_roles(regclass, text) is
    'internal: the roles of an isolated table that the catalogue knows';
