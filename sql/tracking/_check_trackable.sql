-- Refuses what cannot be tracked: everything that is not a table of the caller's own that stands by itself, has a primary
-- key and whose rows are all here.
-- It looks at what everyone may look at.
create or replace function eventlog._check_trackable(relation regclass) returns void
    language plpgsql volatile called on null input parallel unsafe
    set search_path = pg_catalog, pg_temp
as $$
declare
    -- As messages show it, without the quotes that a statement would need.
    shown text := replace(relation::text, '"', '');
    found_class record;
    other regclass;
begin
    select c.relkind as kind, c.relpersistence as persistence, c.relispartition as is_partition, c.reloftype as of_type,
        n.nspname as schema
    into found_class
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.oid = relation;
    if not found then
        raise undefined_table using
            message = format('there is no relation with oid %s', relation::oid),
            hint = 'Give the name of a table.';
    elsif found_class.kind not in ('r', 'p') then
        raise wrong_object_type using
            message = format('"%s" is not a table but %s', shown, case found_class.kind
                when 'v' then 'a view'
                when 'm' then 'a materialized view'
                when 'f' then 'a foreign table'
                when 'S' then 'a sequence'
                when 'c' then 'a composite type'
                when 't' then 'a toast table'
                else 'an index' end),
            hint = 'Only ordinary and partitioned tables can be tracked; track the tables that hold the rows.';
    elsif found_class.schema in ('pg_catalog', 'information_schema') then
        raise wrong_object_type using
            message = format('"%s" is a system catalog', shown),
            hint = 'Only tables of your own can be tracked.';
    elsif found_class.schema = 'eventlog' then
        raise wrong_object_type using
            message = format('"%s" belongs to pg_eventlog itself', shown),
            hint = 'eventlog.admin_log records what is changed there.';
    elsif found_class.persistence = 't' then
        raise wrong_object_type using
            message = format('"%s" is a temporary table', shown),
            hint = 'Its rows end with the session, and what happened to them would not.';
    elsif found_class.is_partition then
        raise wrong_object_type using
            message = format('"%s" is a partition of "%s"', shown,
                replace(pg_partition_root(relation)::text, '"', '')),
            hint = 'Track the partitioned table: its partitions are tracked with it.';
    elsif found_class.of_type <> 0 then
        raise wrong_object_type using
            message = format('"%s" is a table of the type "%s"', shown,
                replace(found_class.of_type::regtype::text, '"', '')),
            hint = 'Its columns are the type''s; give it columns of its own with: alter table ... not of';
    elsif exists (
        select from pg_trigger t
        where t.tgrelid = relation
            and t.tgfoid in ('eventlog.gate()'::regprocedure, 'eventlog.guard_claim()'::regprocedure)
    ) then
        raise wrong_object_type using
            message = format('"%s" is a log or keeps a log''s keys', shown),
            hint = 'What is written there is the record of what happened, and does not change.';
    end if;

    select i.inhparent into other from pg_inherits i where i.inhrelid = relation limit 1;
    if found then
        raise wrong_object_type using
            message = format('"%s" inherits from "%s"', shown, replace(other::text, '"', '')),
            hint = 'Changes through the parent would go unseen; use a partitioned table, or tables that do not inherit.';
    end if;
    select i.inhrelid into other
    from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = relation and not c.relispartition
    limit 1;
    if found then
        raise wrong_object_type using
            message = format('"%s" inherits from "%s"', replace(other::text, '"', ''), shown),
            hint = 'Rows of two tables may share a key; use a partitioned table, or tables that do not inherit.';
    end if;

    select p.relid into other
    from pg_partition_tree(relation) p join pg_class c on c.oid = p.relid
    where c.relkind = 'f'
    limit 1;
    if found then
        raise wrong_object_type using
            message = format('"%s" below "%s" is a foreign table', replace(other::text, '"', ''), shown),
            hint = 'What another server does with its rows goes unseen here; detach it first.';
    end if;
    select p.relid into other
    from pg_partition_tree(relation) p join eventlog.tracked_table t on t.relation = p.relid
    where p.relid <> _check_trackable.relation
    limit 1;
    if found then
        raise object_not_in_prerequisite_state using
            message = format('partition "%s" of "%s" is tracked by itself', replace(other::text, '"', ''), shown),
            hint = 'End that first with eventlog.untrack_changes().';
    end if;

    if not exists (select from pg_index i where i.indrelid = relation and i.indisprimary) then
        raise object_not_in_prerequisite_state using
            message = format('"%s" has no primary key', shown),
            hint = 'The primary key says which row an event is about; add one.';
    end if;
end
$$;

comment on function eventlog._check_trackable(regclass) is
    'internal: refuses a relation that cannot be tracked';
