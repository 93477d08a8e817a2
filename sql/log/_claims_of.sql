-- The guard of a claim table carries the log's id, so that the two find each other whatever they are called. Anyone can
-- make such a guard on a table of their own, and keys are nobody else's to read or change: so only a table of the
-- same owner counts, and only one whose tenants are of the log's type.
-- The system catalog, which it reads, is open to everyone.
create or replace function eventlog._claims_of(relation regclass) returns regclass
    language sql stable strict parallel safe
    set search_path = pg_catalog, pg_temp
as $$
    select t.tgrelid::regclass
    from pg_trigger t
    join pg_class claims on claims.oid = t.tgrelid
    join pg_class log on log.oid = $1
    join pg_attribute tenant on tenant.attrelid = log.oid and tenant.attname = 'tenant_id'
    where t.tgfoid = 'eventlog.forbid_change()'::regprocedure
        and t.tgname = 'eventlog_append_only'
        and encode(t.tgargs, 'escape') = eventlog._gate_id($1)::text || '\000'
        and t.tgtype = 58
        and claims.relowner = log.relowner
        and eventlog._claims_tenant(t.tgrelid) = tenant.atttypid
    order by t.tgrelid
    limit 1
$$;

comment on function eventlog._claims_of(regclass) is
    'internal: the table that keeps the idempotency keys of a log';
