-- For each tracking that goes on: how many of the capture triggers that its table and partitions should have fire, and
-- how many there should be. For all of them at once, since each look at the triggers of a table has its cost.
-- The system catalog, which it reads, is open to everyone.
create or replace function eventlog._capture_states() returns table (tracking_id uuid, fires bigint, needed bigint)
    language sql stable strict parallel safe
    set search_path = pg_catalog, pg_temp
as $$
    with recursive tree as (
        select t.tracking_id, t.relation::oid as relid, t.on_truncate
        from eventlog.tracked_table t
        where t.relation is not null
        union all
        select tree.tracking_id, i.inhrelid, tree.on_truncate
        from tree
        join pg_inherits i on i.inhparent = tree.relid
        join pg_class c on c.oid = i.inhrelid and c.relispartition
    ),
    -- Those that fire, by what they say of themselves: it is theirs to be compared, not looked for one by one.
    capture as materialized (
        select t.tgrelid, t.tgname, t.tgtype, t.tgoldtable, t.tgnewtable,
            split_part(encode(t.tgargs, 'escape'), '\000', 1) as tracking_id
        from pg_trigger t
        where t.tgfoid = 'eventlog.capture_changes()'::regprocedure
            and t.tgenabled in ('O', 'A')
            and t.tgattr = ''::int2vector
            and t.tgqual is null
            and t.tgnargs = 1
    )
    select tree.tracking_id, count(c.tgrelid), count(*)
    from tree
    cross join (values
        ('eventlog_track', 62, null::name, null::name),
        ('eventlog_track_delete', 8, 'old_rows', null),
        ('eventlog_track_insert', 4, null, 'new_rows'),
        ('eventlog_track_update', 16, 'old_rows', 'new_rows'),
        ('~eventlog_track_truncate', 34, null, null)
    ) as w (name, type, old_rows, new_rows)
    left join capture c on c.tgrelid = tree.relid
        and c.tgname = w.name
        and c.tgtype = w.type
        and c.tgoldtable is not distinct from w.old_rows
        and c.tgnewtable is not distinct from w.new_rows
        and c.tracking_id = tree.tracking_id::text
    where w.type <> 34 or tree.on_truncate = 'capture'
    group by tree.tracking_id
$$;

comment on function eventlog._capture_states() is
    'internal: how many of the capture triggers of each tracked table fire, of how many';
