-- Whether a column of a log, or of a partition of one, has no default, or has one of somebody's where only the log's own
-- will do: the gate takes no other transaction id, and no number that was not drawn by new_seq from the log's sequence.
-- The system catalog, which it reads, is open to everyone.
create or replace function eventlog._lacks_default(member regclass, column_name name) returns boolean
    language sql stable strict parallel safe
    set search_path = pg_catalog, pg_temp
as $$
    select not exists (
        select
        from pg_attribute a
        join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
        where a.attrelid = $1
            and a.attname = $2
            and not exists (
                select
                from (values
                    ('xid', 'pg_proc'::regclass, 'eventlog.new_xid()'::regprocedure::oid),
                    ('seq', 'pg_proc', 'eventlog.new_seq(regclass)'::regprocedure),
                    ('seq', 'pg_class', eventlog._sequence_of($1))
                ) as needed (column_name, class, object)
                where needed.column_name = a.attname
                    and not exists (
                        select from pg_depend p
                        where p.classid = 'pg_attrdef'::regclass and p.objid = d.oid
                            and p.refclassid = needed.class and p.refobjid = needed.object
                    )
            )
    )
$$;

comment on function eventlog._lacks_default(regclass, name) is
    'internal: whether a column of a log lacks the default that it needs';
