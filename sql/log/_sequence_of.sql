-- The sequence that the column seq of a log owns, also of the log that a partition belongs to; null where there is none.
-- Not by pg_get_serial_sequence(), which asks whether the caller may look into the log's schema.
-- The system catalog, which it reads, is open to everyone.
create or replace function eventlog._sequence_of(relation regclass) returns regclass
    language sql stable strict parallel safe
    set search_path = pg_catalog, pg_temp
as $$
    select d.objid::regclass
    from pg_depend d
    join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid and a.attname = 'seq'
    join pg_class s on s.oid = d.objid and s.relkind = 'S'
    where d.classid = 'pg_class'::regclass
        and d.refclassid = 'pg_class'::regclass
        and d.refobjid = coalesce(pg_partition_root($1), $1)
        and d.deptype = 'a'
    order by d.objid
    limit 1
$$;

comment on function eventlog._sequence_of(regclass) is
    'internal: the sequence that numbers the events of a log';
