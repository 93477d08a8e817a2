-- The comment on a log's table of rejected events carries the log's id, so that the two find each other whatever they are
-- called. Anyone can say so of a table of their own, and events that a log refused are nobody else's to read: so only one
-- of the same owner counts, and only one with its columns.
-- The system catalog, which it reads, is open to everyone.
create or replace function eventlog._rejected_of(relation regclass) returns regclass
    language sql stable strict parallel safe
    set search_path = pg_catalog, pg_temp
as $$
    select rejected.oid::regclass
    from pg_class log
    join pg_attribute tenant on tenant.attrelid = log.oid and tenant.attname = 'tenant_id'
    join pg_description d on d.classoid = 'pg_class'::regclass and d.objsubid = 0
        and d.description like '%(rejected by log ' || eventlog._gate_id($1) || ')'
    join pg_class rejected on rejected.oid = d.objoid and rejected.relkind = 'r' and rejected.relowner = log.relowner
    where log.oid = $1 and eventlog._rejected_tenant(rejected.oid) = tenant.atttypid
    order by rejected.oid
    limit 1
$$;

comment on function eventlog._rejected_of(regclass) is
    'internal: the table that keeps the events that a log rejected';
