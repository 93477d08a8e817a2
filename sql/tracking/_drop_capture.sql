-- Takes the capture triggers off a table and all partitions below it; returns a phrase for each. With owned_only it passes
-- over tables that are not the caller's: a trigger that the catalogue does not bear out writes nothing.
--
-- Like _add_capture it may be run by a superuser who did not name it, and calls nothing in schema eventlog by name.
-- It alters the table as its caller, who must own it.
create or replace function eventlog._drop_capture(relation regclass, owned_only boolean default false) returns setof text
    language plpgsql volatile called on null input parallel unsafe
    set search_path = pg_catalog, pg_temp
as $$
declare
    function_oid oid;
    part record;
begin
    execute (
        select format('select %s(%L, %L)', p.oid::regproc, '_drop_capture', 'untrack_changes')
        from pg_proc p
        join pg_language l on l.oid = p.prolang and l.lanname = 'c'
        where p.prosrc = 'eventlog_require_act'
        limit 1
    );
    select p.oid into strict function_oid
    from pg_proc p
    join pg_language l on l.oid = p.prolang and l.lanname = 'c'
    where p.prosrc = 'eventlog_capture_changes';

    if exists (
        select from pg_partition_ancestors(relation) a
        -- "offset 0": by the index, since a join reads the triggers of all tables where the planner takes them to be few.
        cross join lateral (
            select from pg_trigger t where t.tgrelid = a.relid and t.tgfoid = function_oid offset 0
        ) t
        where a.relid <> relation
    ) then
        raise object_not_in_prerequisite_state using
            message = format('"%s" is a partition of the tracked table "%s"', replace(relation::text, '"', ''),
                replace(pg_partition_root(relation)::text, '"', '')),
            hint = 'End the tracking of that table, or detach the partition first.';
    end if;

    for part in
        with recursive tree (relid) as (
            select relation::oid
            union
            select i.inhrelid from pg_inherits i join tree on tree.relid = i.inhparent
        )
        select tree.relid::regclass as member, t.tgname as name
        from tree
        join pg_class c on c.oid = tree.relid
        cross join lateral (
            select t.tgname from pg_trigger t where t.tgrelid = c.oid and t.tgfoid = function_oid offset 0
        ) t
        where not owned_only or pg_has_role(c.relowner, 'USAGE')
        order by tree.relid <> relation, tree.relid::regclass::text collate "C", t.tgname
    loop
        execute format('drop trigger %I on %s', part.name, part.member);
        return next format('%s on %s', part.name, part.member);
    end loop;
end
$$;

comment on function eventlog._drop_capture(regclass, boolean) is
    'internal: takes the capture triggers off a table and its partitions, and returns which those were';
