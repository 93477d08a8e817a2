-- Puts the capture triggers on a table and on all partitions below it, wherever one is missing, disabled or not what it
-- should be, and returns a phrase for each. With replace_others, those of other names go, since capture obeys none of
-- them, and so does the one that captures TRUNCATE where the tracking refuses it. A statement trigger fires for the
-- table that the statement names and for no partition of it, so each partition has its own.
--
-- A superuser may run this without having named it, through the event trigger, so it calls nothing in schema
-- eventlog by name: the owner of that schema could have put another schema in its place.
-- It alters the table as its caller, who must own it.
create or replace function eventlog._add_capture(
    relation regclass,
    tracking_id uuid,
    capture_truncate boolean default false,
    replace_others boolean default false
) returns setof text
    language plpgsql volatile called on null input parallel unsafe
    set search_path = pg_catalog, pg_temp
as $$
declare
    function_oid oid;
    function_name text;
    other record;
    part record;
begin
    execute (
        select format('select %s(%L, %L)', p.oid::regproc, '_add_capture', 'track_changes')
        from pg_proc p
        join pg_language l on l.oid = p.prolang and l.lanname = 'c'
        where p.prosrc = 'eventlog_require_act'
        limit 1
    );
    -- Only a superuser can make a function in C, so this one is ours wherever it lies.
    select p.oid, format('%I.%I', n.nspname, p.proname)
    into strict function_oid, function_name
    from pg_proc p
    join pg_language l on l.oid = p.prolang and l.lanname = 'c'
    join pg_namespace n on n.oid = p.pronamespace
    where p.prosrc = 'eventlog_capture_changes';

    for other in
        with recursive tree (relid) as (
            select relation::oid
            union
            select i.inhrelid from pg_inherits i join tree on tree.relid = i.inhparent
        )
        select c.oid::regclass as member, c.relkind = 'f' as is_foreign
        from tree
        join pg_class c on c.oid = tree.relid
        where c.relkind not in ('r', 'p')
            or not replace_others and exists (
                select from pg_trigger t
                where t.tgrelid = c.oid and t.tgfoid = function_oid
                    and encode(t.tgargs, 'escape') <> tracking_id::text || '\000'
                -- By the index: a join reads the triggers of all tables where the planner takes them to be few.
                offset 0
            )
        order by c.oid::regclass::text collate "C"
        limit 1
    loop
        if other.is_foreign then
            raise wrong_object_type using
                message = format('foreign table "%s" cannot be a partition of a tracked table',
                    replace(other.member::text, '"', '')),
                hint = 'What another server does with its rows goes unseen here.';
        end if;
        raise object_not_in_prerequisite_state using
            message = format('"%s" is tracked by itself, and cannot be a partition of a tracked table',
                replace(other.member::text, '"', '')),
            hint = 'End its own tracking first with eventlog.untrack_changes().';
    end loop;

    for part in
        with recursive tree (relid) as (
            select relation::oid
            union
            select i.inhrelid from pg_inherits i join tree on tree.relid = i.inhparent
        )
        select tree.relid::regclass as member, t.tgname as name
        from tree
        cross join lateral (
            select t.tgname from pg_trigger t where t.tgrelid = tree.relid and t.tgfoid = function_oid offset 0
        ) t
        where replace_others
            and t.tgname <> all (array['eventlog_track', 'eventlog_track_delete', 'eventlog_track_insert',
                'eventlog_track_update', case when capture_truncate then '~eventlog_track_truncate' else '' end])
        order by tree.relid <> relation, tree.relid::regclass::text collate "C", t.tgname
    loop
        execute format('drop trigger %I on %s', part.name, part.member);
        return next format('no %s on %s', part.name, part.member);
    end loop;

    for part in
        with recursive tree (relid) as (
            select relation::oid
            union
            select i.inhrelid from pg_inherits i join tree on tree.relid = i.inhparent
        )
        select tree.relid::regclass as member, w.name, w.timing, w.tables, w.what, t.enabled is not null as exists
        from tree
        cross join (values
            -- before and after: insert 4, delete 8, update 16, truncate 32; before is 2
            ('eventlog_track', 62, 'before insert or update or delete or truncate', '', null::name, null::name,
                'notes that a statement begins to change the table'),
            ('eventlog_track_delete', 8, 'after delete', 'referencing old table as old_rows', 'old_rows', null,
                'writes an event for each row that was deleted'),
            ('eventlog_track_insert', 4, 'after insert', 'referencing new table as new_rows', null, 'new_rows',
                'writes an event for each row that was inserted'),
            ('eventlog_track_update', 16, 'after update', 'referencing old table as old_rows new table as new_rows',
                'old_rows', 'new_rows', 'writes an event for each row that was changed'),
            -- Triggers fire in the order of their names: what those before it write is captured, too.
            ('~eventlog_track_truncate', 34, 'before truncate', '', null, null,
                'writes an event for each row that is about to go')
        ) as w (name, type, timing, tables, old_rows, new_rows, what)
        -- By the index, again.
        cross join lateral (
            select (
                select t.tgenabled
                from pg_trigger t
                where t.tgrelid = tree.relid
                    and t.tgname = w.name
                    and t.tgfoid = function_oid
                    and t.tgtype = w.type
                    and t.tgattr = ''::int2vector
                    and t.tgqual is null
                    and t.tgoldtable is not distinct from w.old_rows
                    and t.tgnewtable is not distinct from w.new_rows
                    and encode(t.tgargs, 'escape') = tracking_id::text || '\000'
            ) as enabled
        ) as t
        where (w.type <> 34 or capture_truncate) and (t.enabled is null or t.enabled not in ('O', 'A'))
        order by tree.relid <> relation, tree.relid::regclass::text collate "C", w.name
    loop
        if not part.exists then
            execute format('create or replace trigger %I %s on %s %s for each statement execute function %s(%L)',
                part.name, part.timing, part.member, part.tables, function_name, tracking_id);
            execute format('comment on trigger %I on %s is %L', part.name, part.member, part.what);
        end if;
        -- Also after "create or replace", which leaves a disabled one disabled.
        execute format('alter table only %s enable trigger %I', part.member, part.name);
        return next format('%s on %s', part.name, part.member);
    end loop;
end
$$;

comment on function eventlog._add_capture(regclass, uuid, boolean, boolean) is
    'internal: puts the capture triggers that are missing on a table and its partitions, and returns which those were';
