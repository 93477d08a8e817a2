-- The comment on a log's table of states carries the log's id, so that the two find each other whatever they are called.
-- Anyone can say so of a table of their own: so only one of the same owner counts, and only one with its columns.
-- The system catalog, which it reads, is open to everyone.
create or replace function eventlog._states_of(relation regclass) returns regclass
    language sql stable strict parallel safe
    set search_path = pg_catalog, pg_temp
as $$
    select states.oid::regclass
    from pg_class log
    join pg_attribute tenant on tenant.attrelid = log.oid and tenant.attname = 'tenant_id'
    join pg_description d on d.classoid = 'pg_class'::regclass and d.objsubid = 0
        and d.description like '%(log ' || eventlog._gate_id($1) || ')'
    join pg_class states on states.oid = d.objoid and states.relkind = 'r' and states.relowner = log.relowner
    where log.oid = $1
        and (
            select count(*) from pg_attribute a
            where a.attrelid = states.oid and not a.attisdropped
                and (a.attname, a.atttypid) in (('tenant_id', tenant.atttypid), ('entity_type', 'text'::regtype),
                    ('entity_id', 'text'::regtype), ('rule', 'text'::regtype), ('state', 'text'::regtype),
                    ('seq', 'bigint'::regtype))
        ) = 6
    order by states.oid
    limit 1
$$;

comment on function eventlog._states_of(regclass) is
    'internal: the table that keeps the states of a log''s entities';
