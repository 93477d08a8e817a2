-- Whether the guards of a log and of its partitions stand, and fire whatever session_replication_role says. "disable
-- trigger all" and "enable trigger all", as pg_restore --disable-triggers does around rows, leave them enabled for origin
-- only.
-- The system catalog, which it reads, is open to everyone.
create or replace function eventlog._guards_stand(relation regclass) returns boolean
    language sql stable strict parallel safe
    set search_path = pg_catalog, pg_temp
as $$
    -- Not by pg_partition_tree(), which would lock partitions for whoever looks.
    with recursive tree (relid) as (
        select $1::oid
        union
        select i.inhrelid from pg_inherits i join tree on tree.relid = i.inhparent
    )
    select not exists (
        select
        from tree
        join pg_class c on c.oid = tree.relid
        cross join (values (27), (58)) as level (type)
        -- A partition that is itself partitioned has no row guard of its own, and no rows either.
        where (c.oid = $1 or level.type = 58 or c.relkind = 'r')
            and not exists (
                select from pg_trigger t
                where t.tgrelid = c.oid
                    and t.tgfoid = 'eventlog.forbid_change()'::regprocedure
                    and t.tgtype = level.type
                    and t.tgenabled = 'A'
            )
    )
$$;

comment on function eventlog._guards_stand(regclass) is
    'internal: whether the guards of a log and of its partitions stand';
