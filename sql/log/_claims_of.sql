-- The guard of a claim table carries the log's id, so that the two find each other whatever they are called. Anyone can
-- make such a guard on a table of his own, and keys are nobody else's to read or change: so only a table of the
-- same owner counts.
create function eventlog._claims_of(relation regclass) returns regclass
    language sql stable strict parallel safe
    set search_path = pg_catalog, pg_temp
as $$
    select t.tgrelid::regclass
    from pg_trigger t
    join pg_class claims on claims.oid = t.tgrelid
    join pg_class log on log.oid = $1
    where t.tgfoid = 'eventlog.forbid_change()'::regprocedure
        and t.tgname = 'eventlog_append_only'
        and encode(t.tgargs, 'escape') = eventlog._gate_id($1)::text || '\000'
        and claims.relkind = 'r'
        and t.tgtype = 58
        and array['claimed_at timestamptz', 'event_id uuid', 'hash bytea', 'key text'] = array(
            select a.attname || ' ' || case a.atttypid when 'timestamptz'::regtype then 'timestamptz'
                else a.atttypid::regtype::text end
            from pg_attribute a
            where a.attrelid = t.tgrelid and a.attnum > 0 and not a.attisdropped and a.attname <> 'tenant_id'
            order by a.attname)
        and claims.relowner = log.relowner
    order by t.tgrelid
    limit 1
$$;

-- The system catalog, which it reads, is open to everyone.
revoke all on function eventlog._claims_of(regclass) from public;
grant execute on function eventlog._claims_of(regclass) to public;

comment on function eventlog._claims_of(regclass) is
    'internal: the table that keeps the idempotency keys of a log';
