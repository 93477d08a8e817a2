-- The guard of a claim table carries the log's id, so that the two find each other whatever they are called. Anyone can
-- make such a guard on a table of their own, and keys are nobody else's to read or change: so only a table of the
-- same owner counts, and only one whose tenants are of the log's type.
-- The system catalog, which it reads, is open to everyone.
create or replace function eventlog._claims_of(relation regclass) returns regclass
    language sql stable strict parallel safe
    set search_path = pg_catalog, pg_temp
as $$
    select named.relation
    from eventlog._claims_named(eventlog._gate_id($1)) named (relation)
    join pg_class claims on claims.oid = named.relation
    join pg_class log on log.oid = $1
    join pg_attribute tenant on tenant.attrelid = log.oid and tenant.attname = 'tenant_id'
    where claims.relowner = log.relowner
        and eventlog._claims_tenant(named.relation) = tenant.atttypid
    order by named.relation
    limit 1
$$;

comment on function eventlog._claims_of(regclass) is
    'internal: the table that keeps the idempotency keys of a log';
