-- Puts the guards on a table and on all partitions and children below it, wherever one is missing, disabled or not
-- what it should be, and returns a phrase for each. The argument goes to the guards of the table itself.
--
-- A row trigger on a partitioned table is cloned to its partitions, and DETACH takes the clone away again, so each
-- partition has guards of its own, under other names. A partition that is itself partitioned has no row guard of its
-- own, since that one would be cloned downwards in turn; it holds no rows either.
--
-- A superuser may run this without having named it, through the event trigger, so it calls nothing in schema
-- eventlog by name: the owner of that schema could have put another schema in its place.
-- It alters the table as its caller, who must own it.
create or replace function eventlog._add_guards(relation regclass, argument text default '') returns setof text
    language plpgsql volatile called on null input parallel unsafe
    set search_path = pg_catalog, pg_temp
as $$
declare
    -- As messages show it, without the quotes that a statement would need.
    shown text := replace(relation::text, '"', '');
    kind "char";
    other regclass;
    guard_oid oid;
    guard_name text;
    guard record;
    made text[] := '{}';
begin
    execute (
        select format('select %s(%L, %L)', p.oid::regproc, '_add_guards', 'make_append_only')
        from pg_proc p
        join pg_language l on l.oid = p.prolang and l.lanname = 'c'
        where p.prosrc = 'eventlog_require_act'
        limit 1
    );
    select c.relkind into kind from pg_class c where c.oid = relation;
    if kind is null then
        raise undefined_table using
            message = coalesce('there is no relation with oid ' || relation::oid, 'no relation given'),
            hint = 'Give the name of a table.';
    elsif kind = 'f' and exists (select from pg_inherits i where i.inhrelid = relation) then
        raise wrong_object_type using
            message = format('foreign table "%s" cannot lie below an append-only table', shown),
            hint = 'What another server does with its rows cannot be stopped here.';
    elsif kind not in ('r', 'p') then
        raise wrong_object_type using
            message = format('"%s" is not a table but %s', shown, case kind
                when 'v' then 'a view'
                when 'm' then 'a materialized view'
                when 'f' then 'a foreign table'
                when 'S' then 'a sequence'
                when 'c' then 'a composite type'
                when 't' then 'a toast table'
                else 'an index' end),
            hint = 'Only ordinary and partitioned tables can be append-only; guard the tables that hold the rows.';
    elsif exists (
        select from pg_class c
        where c.oid = relation
            and c.relnamespace in ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
    ) then
        raise wrong_object_type using
            message = format('"%s" is a system catalog', shown),
            hint = 'Only tables of your own can be append-only.';
    end if;

    with recursive tree (relid) as (
        select relation::oid
        union
        select i.inhrelid from pg_inherits i join tree on tree.relid = i.inhparent
    )
    select c.oid into other from tree join pg_class c on c.oid = tree.relid where c.relkind not in ('r', 'p') limit 1;
    if found then
        raise wrong_object_type using
            message = format('"%s" below "%s" is a foreign table', replace(other::text, '"', ''), shown),
            hint = 'What another server does with its rows cannot be stopped here; detach it first.';
    end if;

    -- Only a superuser can make a function in C, so this one is ours wherever it lies.
    select p.oid, format('%I.%I', n.nspname, p.proname)
    into strict guard_oid, guard_name
    from pg_proc p
    join pg_language l on l.oid = p.prolang and l.lanname = 'c'
    join pg_namespace n on n.oid = p.pronamespace
    where p.prosrc = 'eventlog_forbid_change';

    for guard in
        with recursive tree (relid) as (
            select relation::oid
            union
            select i.inhrelid from pg_inherits i join tree on tree.relid = i.inhparent
        ),
        wanted as (
            select
                c.oid,
                case when top then 'eventlog_append_only' else 'eventlog_append_only_leaf' end
                    || case when row_level then '_row' else '' end as name,
                row_level,
                top
            from tree
            join pg_class c on c.oid = tree.relid
            cross join lateral (values (c.oid = relation and not c.relispartition)) as place (top)
            cross join (values (true), (false)) as level (row_level)
            where top or not row_level or c.relkind = 'r'
        )
        select w.oid::regclass as member, w.name, w.row_level, w.top
        from wanted w
        where not exists (
            select from pg_trigger t
            where t.tgrelid = w.oid
                and t.tgname = w.name
                and t.tgfoid = guard_oid
                -- before update or delete for each row; before update, delete or truncate for each statement
                and t.tgtype = case when w.row_level then 27 else 58 end
                and t.tgattr = ''::int2vector
                and t.tgqual is null
                and (not w.top or argument = '' or encode(t.tgargs, 'escape') = argument || '\000')
        )
        order by w.top desc, w.oid::regclass::text collate "C", w.row_level desc
    loop
        execute format('create or replace trigger %I before update or delete %s on %s for each %s execute function %s(%s)',
            guard.name,
            case when guard.row_level then '' else 'or truncate' end,
            guard.member,
            case when guard.row_level then 'row' else 'statement' end,
            guard_name,
            case when guard.top and argument <> '' then quote_literal(argument) else '' end);
        execute format('comment on trigger %I on %s is %L', guard.name, guard.member,
            case when guard.row_level then 'refuses to change or remove a row'
                else 'refuses update, delete and truncate, also where they would touch no row' end);
        made := made || format('%s on %s', guard.name, guard.member);
        return next format('%s on %s', case when guard.row_level then 'row guard' else 'guard' end, guard.member);
    end loop;

    -- ALWAYS, or "set session_replication_role = replica" would pass them by. Clones are among these.
    for guard in
        with recursive tree (relid) as (
            select relation::oid
            union
            select i.inhrelid from pg_inherits i join tree on tree.relid = i.inhparent
        )
        select tree.relid::regclass as member, t.tgname as name, t.tgtype = 27 as row_level
        from tree
        join pg_trigger t on t.tgrelid = tree.relid
        where t.tgfoid = guard_oid and t.tgenabled <> 'A'
        order by 1, 2
    loop
        execute format('alter table only %s enable always trigger %I', guard.member, guard.name);
        -- What was made just now, and what was cloned from it, has been told already.
        if format('%s on %s', guard.name, guard.member) <> all (made)
            and format('%s on %s', guard.name, relation) <> all (made)
        then
            return next format('%s on %s', case when guard.row_level then 'row guard' else 'guard' end, guard.member);
        end if;
    end loop;
end
$$;

comment on function eventlog._add_guards(regclass, text) is
    'internal: puts the guards that are missing on a table and all below it, and returns which those were';
