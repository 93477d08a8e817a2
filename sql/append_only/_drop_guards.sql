-- Takes the guards off a table and all partitions and children below it; returns a phrase for each.
-- It alters the table as its caller, who must own it.
create or replace function eventlog._drop_guards(relation regclass) returns setof text
    language plpgsql volatile called on null input parallel unsafe
    set search_path = pg_catalog, pg_temp
as $$
declare
    guard record;
begin
    perform eventlog._require_act('_drop_guards', 'release_append_only');
    -- A clone goes with the trigger that it was cloned from, and with nothing else.
    if exists (
        select from pg_trigger t
        where t.tgrelid = relation and t.tgparentid <> 0 and t.tgfoid = 'eventlog.forbid_change()'::regprocedure
    ) then
        raise object_not_in_prerequisite_state using
            message = format('"%s" is a partition of the append-only table "%s"', replace(relation::text, '"', ''),
                replace(pg_partition_root(relation)::text, '"', '')),
            hint = 'Release that table, or detach the partition first.';
    end if;

    for guard in
        with recursive tree (relid) as (
            select relation::oid
            union
            select i.inhrelid from pg_inherits i join tree on tree.relid = i.inhparent
        )
        select tree.relid::regclass as member, t.tgname as name, t.tgtype = 27 as row_level
        from tree
        join pg_trigger t on t.tgrelid = tree.relid
        where t.tgfoid = 'eventlog.forbid_change()'::regprocedure and t.tgparentid = 0
        order by 1, 2
    loop
        execute format('drop trigger %I on %s', guard.name, guard.member);
        return next format('%s on %s', case when guard.row_level then 'row guard' else 'guard' end, guard.member);
    end loop;
end
$$;

comment on function eventlog._drop_guards(regclass) is
    'internal: takes the guards off a table and all below it, and returns which those were';
