-- Who writes the catalogue, and who says who acts, is for owner.sql and grant_context to say. So what "alter default
-- privileges" gave to others on these goes, before owner.sql. No upgrade does this: what was granted since then stays.
do language plpgsql $$
declare
    given record;
begin
    for given in
        select c.name, c.kind, e.grantee
        from (
            select 'table' as kind, pg_catalog.format('%I.%I', n.nspname, r.relname) as name, r.relacl as acl, r.relowner as owner
            from pg_catalog.pg_class r
            join pg_catalog.pg_namespace n on n.oid operator(pg_catalog.=) r.relnamespace
            where n.nspname operator(pg_catalog.=) 'eventlog'
                and r.relkind operator(pg_catalog.=) any (array['r', 'S']::"char"[])
            union all
            select 'function', p.oid::pg_catalog.regprocedure::text, p.proacl, p.proowner
            from pg_catalog.pg_proc p
            join pg_catalog.pg_namespace n on n.oid operator(pg_catalog.=) p.pronamespace
            where n.nspname operator(pg_catalog.=) 'eventlog' and p.proname operator(pg_catalog.=) 'set_context'
        ) c
        cross join lateral (
            select distinct a.grantee from pg_catalog.aclexplode(c.acl) a where a.grantee operator(pg_catalog.<>) c.owner
        ) e
    loop
        execute pg_catalog.format('revoke all on %s %s from %s', given.kind, given.name,
            case when given.grantee operator(pg_catalog.=) 0 then 'public'
                else pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(given.grantee)) end);
    end loop;
end
$$;
