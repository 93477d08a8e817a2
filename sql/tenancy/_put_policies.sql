-- Puts a table under row-level security with these policies, wherever something differs, and returns a phrase for each
-- thing that did. Each policy is an object with name, cmd, roles, using, check and about; one without roles is dropped.
-- The expressions are SQL that was put together from quoted identifiers. The note goes into the comment of the
-- policy eventlog_owner.
-- It alters the table as its caller, who must own it.
create or replace function eventlog._put_policies(relation regclass, policies jsonb, note jsonb, force boolean) returns setof text
    language plpgsql volatile called on null input parallel unsafe
    set search_path = pg_catalog, pg_temp
as $$
declare
    -- As messages show it, without the quotes that a statement would need.
    shown text := replace(relation::text, '"', '');
    flags record;
    others text;
    other record;
    wanted record;
    clauses text;
    before record;
    present record;
    about text;
begin
    perform eventlog._require_act('_put_policies', 'isolate_tenants');
    -- A permissive policy of somebody else's for the same roles would be ORed with these: it would open what they close,
    -- and take the index away.
    select string_agg(format('"%s"', p.polname), ', ' order by p.polname) into others
    from pg_policy p
    where p.polrelid = relation
        and p.polpermissive
        and p.polname not in (select k.policy from eventlog._policies() k)
        and exists (
            select
            from jsonb_to_recordset(policies) w (cmd text, roles name[])
            cross join unnest(w.roles) ours (name)
            left join pg_roles r on r.rolname = ours.name
            cross join unnest(p.polroles) theirs (oid)
            left join pg_roles o on o.oid = theirs.oid
            where (w.cmd = 'all' or p.polcmd = '*' or p.polcmd = case w.cmd
                    when 'select' then 'r' when 'insert' then 'a' when 'update' then 'w' else 'd' end)
                and (ours.name = 'public'
                    or theirs.oid = 0
                    or r.oid = theirs.oid
                    or not r.rolsuper and pg_has_role(r.oid, theirs.oid, 'USAGE')
                    or not o.rolsuper and pg_has_role(theirs.oid, r.oid, 'USAGE'))
        );
    if others is not null then
        raise object_not_in_prerequisite_state using
            message = format('policy %s on "%s" would be combined with those of isolate_tenants', others, shown),
            detail = 'What one policy lets pass is not stopped by another, and no index serves two.',
            hint = 'Drop it, make it restrictive, or name as readers and writers only roles that it is not for.';
    end if;

    select c.relrowsecurity as enabled, c.relforcerowsecurity as forced into strict flags from pg_class c where c.oid = relation;
    note := jsonb_build_object('enabled', flags.enabled, 'forced', flags.forced)
        || coalesce(eventlog._tenancy_note(relation), '{}') || note;
    if not flags.enabled then
        execute format('alter table %s enable row level security', relation);
        return next format('row-level security of %s', relation);
    end if;
    if flags.forced is distinct from force then
        execute format('alter table %s %s row level security', relation, case when force then 'force' else 'no force' end);
        return next format('%s row-level security of %s', case when force then 'forced' else 'unforced' end, relation);
    end if;

    -- What no policy holds back: TRUNCATE takes everybody's rows, a trigger sees them, a foreign key tells that there are some.
    for other in
        select distinct g.privilege, case when g.grantee = 0 then 'public' else quote_ident(pg_get_userbyid(g.grantee)) end as grantee
        from pg_class c
        cross join lateral (
            select e.grantee, e.privilege_type from aclexplode(c.relacl) e
            union
            select e.grantee, e.privilege_type
            from pg_attribute a cross join lateral aclexplode(a.attacl) e
            where a.attrelid = c.oid
        ) g (grantee, privilege)
        where c.oid = relation and g.grantee <> c.relowner and g.privilege in ('TRUNCATE', 'REFERENCES', 'TRIGGER')
        order by 2, 1
    loop
        execute format('revoke %s on %s from %s cascade', other.privilege, relation, other.grantee);
        return next format('no %s on %s for %s', other.privilege, relation, other.grantee);
    end loop;

    for wanted in
        select w.name, w.cmd, w.about,
            case when 'public' = any (w.roles) then 'public' else (
                select string_agg(quote_ident(u.name), ', ' order by u.name)
                from (select distinct r.name from unnest(w.roles) r (name)) u
            ) end as roles,
            coalesce(' using (' || w."using" || ')', '') || coalesce(' with check (' || w."check" || ')', '') as expressions
        from jsonb_to_recordset(policies) w (name name, cmd text, roles name[], "using" text, "check" text, about text)
    loop
        select p.oid, p.polcmd as cmd, p.polpermissive as permissive,
            eventlog._policy_roles(relation, p.polname) as roles,
            pg_get_expr(p.polqual, p.polrelid) as qual, pg_get_expr(p.polwithcheck, p.polrelid) as "check"
        into before
        from pg_policy p
        where p.polrelid = relation and p.polname = wanted.name;
        if wanted.roles is null then
            if before.oid is not null then
                execute format('drop policy %I on %s', wanted.name, relation);
                return next format('no policy %s on %s', wanted.name, relation);
            end if;
            continue;
        end if;
        -- The command of a policy cannot be altered.
        if before.oid is not null and (not before.permissive or before.cmd <> case wanted.cmd when 'all' then '*'
                when 'select' then 'r' when 'insert' then 'a' when 'update' then 'w' else 'd' end) then
            execute format('drop policy %I on %s', wanted.name, relation);
            before.oid := null;
        end if;
        clauses := format('to %s%s', wanted.roles, wanted.expressions);
        if before.oid is null then
            execute format('create policy %I on %s for %s %s', wanted.name, relation, wanted.cmd, clauses);
        else
            -- To the same text where nothing has changed: only Postgres can tell whether two texts are one expression.
            execute format('alter policy %I on %s %s', wanted.name, relation, clauses);
        end if;
        select p.oid, p.polcmd as cmd, p.polpermissive as permissive,
            eventlog._policy_roles(relation, p.polname) as roles,
            pg_get_expr(p.polqual, p.polrelid) as qual, pg_get_expr(p.polwithcheck, p.polrelid) as "check"
        into strict present
        from pg_policy p
        where p.polrelid = relation and p.polname = wanted.name;
        if present is distinct from before then
            return next format('policy %s on %s', wanted.name, relation);
        end if;
        about := wanted.about;
        if wanted.name = 'eventlog_owner' then
            about := format('%s; isolate_tenants keeps here what it has to know: %s', about, note);
        end if;
        if obj_description(present.oid, 'pg_policy') is distinct from about then
            execute format('comment on policy %I on %s is %L', wanted.name, relation, about);
        end if;
    end loop;
end
$$;

comment on function eventlog._put_policies(regclass, jsonb, jsonb, boolean) is
    'internal: gives a table the policies that it lacks, and returns which those were';
