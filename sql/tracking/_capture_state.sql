-- How many of the capture triggers that a table and its partitions should have with this id fire, and how many there
-- should be.
create function eventlog._capture_state(relation regclass, tracking_id uuid, out fires bigint, out needed bigint)
    language sql stable strict parallel safe
    set search_path = pg_catalog, pg_temp
as $$
    select count(t.oid), count(*)
    from (
        select $1::oid as relid
        union
        select p.relid::oid from pg_partition_tree($1) p
    ) tree
    cross join (values ('eventlog_track', 62), ('eventlog_track_delete', 8), ('eventlog_track_insert', 4),
        ('eventlog_track_update', 16)) as w (name, type)
    left join pg_trigger t on t.tgrelid = tree.relid
        and t.tgname = w.name
        and t.tgtype = w.type
        and t.tgfoid = 'eventlog.capture_changes()'::regprocedure
        and t.tgenabled in ('O', 'A')
        and encode(t.tgargs, 'escape') = $2::text || '\000'
$$;

-- The system catalog, which it reads, is open to everyone.
revoke all on function eventlog._capture_state(regclass, uuid) from public;
grant execute on function eventlog._capture_state(regclass, uuid) to public;

comment on function eventlog._capture_state(regclass, uuid) is
    'internal: how many of the capture triggers of a tracked table fire, of how many';
