-- What is recorded in a partition by time is earlier than this; null where it has no bound.
-- The system catalog, which it reads, is open to everyone.
create or replace function eventlog._upper_bound(part regclass) returns timestamptz
    language sql stable strict parallel safe
    set search_path = pg_catalog, pg_temp
as $$
    select substring(pg_get_expr(c.relpartbound, c.oid) from 'TO \(''([^'']*)''')::timestamptz
    from pg_class c where c.oid = $1
$$;

comment on function eventlog._upper_bound(regclass) is
    'internal: the end of a log''s partition';
