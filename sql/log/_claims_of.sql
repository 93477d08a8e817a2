-- The guard of a claim table carries the log's id, so that the two find each other whatever they are called.
create function eventlog._claims_of(log_id uuid) returns regclass
    language sql stable strict parallel safe
    set search_path = pg_catalog, pg_temp
as $$
    select t.tgrelid::regclass
    from pg_trigger t
    where t.tgfoid = 'eventlog.forbid_change()'::regprocedure
        and t.tgname = 'eventlog_append_only'
        and encode(t.tgargs, 'escape') = $1::text || '\000'
$$;

-- The system catalog, which it reads, is open to everyone.
revoke all on function eventlog._claims_of(uuid) from public;
grant execute on function eventlog._claims_of(uuid) to public;

comment on function eventlog._claims_of(uuid) is
    'internal: the table that keeps the idempotency keys of a log';
