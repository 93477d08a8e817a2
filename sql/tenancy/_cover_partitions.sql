-- Closes the partitions of an isolated table, wherever one is open, and returns a phrase for each thing that it did. A
-- policy on a partitioned table says nothing about a statement that names a partition: so each partition has row-level
-- security of its own, a policy for its owner alone, who dumps it, and no grants. Whoever reads or writes the table does
-- so through the table, where the partition's policies and grants are not asked for.
--
-- A superuser may run this without having named it, through the event trigger, so it calls nothing in schema
-- eventlog by name: the owner of that schema could have put another schema in its place.
-- It alters the tables as its caller, who must own them.
create or replace function eventlog._cover_partitions(relation regclass, force boolean) returns setof text
    language plpgsql volatile strict parallel unsafe
    set search_path = pg_catalog, pg_temp
as $$
declare
    part record;
    other record;
begin
    execute (
        select format('select %s(%L, %L)', p.oid::regproc, '_cover_partitions', 'isolate_tenants')
        from pg_proc p
        join pg_language l on l.oid = p.prolang and l.lanname = 'c'
        where p.prosrc = 'eventlog_require_act'
        limit 1
    );
    for part in
        with recursive tree (relid) as (
            select relation::oid
            union
            select i.inhrelid from pg_inherits i join tree on tree.relid = i.inhparent
        )
        select c.oid::regclass as member, c.relkind as kind, c.relowner as owner, c.relacl as acl,
            c.relrowsecurity as enabled, c.relforcerowsecurity as forced,
            p.oid as policy, p.polroles as roles
        from tree
        join pg_class c on c.oid = tree.relid
        left join pg_policy p on p.polrelid = c.oid and p.polname = 'eventlog_owner'
        where c.relispartition
        order by c.oid::regclass::text collate "C"
    loop
        if part.kind not in ('r', 'p') then
            raise wrong_object_type using
                message = format('foreign table "%s" cannot be a partition of an isolated table',
                    replace(part.member::text, '"', '')),
                hint = 'Row-level security does not hold for what another server keeps.';
        end if;
        if part.policy is null then
            execute format('create policy eventlog_owner on %s to %I using (true) with check (true)',
                part.member, pg_get_userbyid(part.owner));
            execute format('comment on policy eventlog_owner on %s is %L', part.member,
                format('lets the owner see and change all rows of the partition; isolate_tenants keeps here what it has to know: %s',
                    jsonb_build_object('enabled', part.enabled, 'forced', part.forced)));
            return next format('policy eventlog_owner on %s', part.member);
        elsif part.roles <> array[part.owner] then
            execute format('alter policy eventlog_owner on %s to %I', part.member, pg_get_userbyid(part.owner));
            return next format('policy eventlog_owner on %s', part.member);
        end if;
        if not part.enabled then
            execute format('alter table %s enable row level security', part.member);
            return next format('row-level security of %s', part.member);
        end if;
        if part.forced <> force then
            execute format('alter table %s %s row level security', part.member,
                case when force then 'force' else 'no force' end);
        end if;
        for other in
            select distinct case when g.grantee = 0 then 'public' else quote_ident(pg_get_userbyid(g.grantee)) end as grantee
            from (
                select e.grantee from aclexplode(part.acl) e
                union
                select e.grantee from pg_attribute a cross join lateral aclexplode(a.attacl) e where a.attrelid = part.member
            ) g
            where g.grantee <> part.owner
            order by 1
        loop
            execute format('revoke all on %s from %s cascade', part.member, other.grantee);
            return next format('no grants on %s for %s', part.member, other.grantee);
        end loop;
    end loop;
end
$$;

comment on function eventlog._cover_partitions(regclass, boolean) is
    'internal: closes the partitions of an isolated table that are open, and returns what it did';
