-- Takes off what isolate_tenants put on a table, its partitions and a log's keys; returns a phrase for each.
-- It alters the tables as its caller, who must own them.
create or replace function eventlog._release_tenants(relation regclass, is_log boolean) returns setof text
    language plpgsql volatile strict parallel unsafe
    set search_path = pg_catalog, pg_temp
as $$
declare
    above regclass;
    member regclass;
    policy name;
    note jsonb;
    flags record;
begin
    perform eventlog._require_act('_release_tenants', 'release_tenants');
    select a.relid into above
    from pg_partition_ancestors(relation) a
    join pg_policy p on p.polrelid = a.relid and p.polname = 'eventlog_owner'
    where a.relid <> relation
    limit 1;
    if found then
        raise object_not_in_prerequisite_state using
            message = format('"%s" is a partition of the isolated table "%s"', replace(relation::text, '"', ''),
                replace(above::text, '"', '')),
            hint = 'Release that table, or detach the partition first.';
    end if;

    for member in
        select t.relid
        from (
            select relation as relid, 0 as place
            union
            select p.relid, 1 from pg_partition_tree(relation) p where p.relid <> relation
            union
            select eventlog._claims_of(relation), 2 where is_log
            union
            select eventlog._rejected_of(relation), 3 where is_log
        ) t
        -- A partition may have lost its policy, or the table all of them.
        where t.place = 1 and eventlog._tenancy_note(relation) is not null or eventlog._tenancy_note(t.relid) is not null
        order by t.place, t.relid::text collate "C"
    loop
        note := coalesce(eventlog._tenancy_note(member), '{}');
        for policy in
            select p.polname from pg_policy p
            where p.polrelid = member
                and p.polname in (select k.policy from eventlog._policies() k)
            order by 1
        loop
            execute format('drop policy %I on %s', policy, member);
            return next format('policy %s on %s', policy, member);
        end loop;
        -- As it was before.
        select c.relrowsecurity as enabled, c.relforcerowsecurity as forced into strict flags from pg_class c where c.oid = member;
        if flags.forced and not coalesce(note -> 'forced' = 'true', false) then
            execute format('alter table %s no force row level security', member);
            return next format('forced row-level security of %s', member);
        elsif not flags.forced and coalesce(note -> 'forced' = 'true', false) then
            execute format('alter table %s force row level security', member);
        end if;
        if flags.enabled and not coalesce(note -> 'enabled' = 'true', false) then
            execute format('alter table %s disable row level security', member);
            return next format('row-level security of %s', member);
        end if;
    end loop;
end
$$;

comment on function eventlog._release_tenants(regclass, boolean) is
    'internal: takes off what isolate_tenants put on a table, and returns what that was';
