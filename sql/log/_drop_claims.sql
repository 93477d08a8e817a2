-- The table of idempotency keys stays behind when a log's table is dropped.
-- It drops the table as its caller, who must own it.
create or replace function eventlog._drop_claims(log_id uuid) returns void
    language plpgsql volatile strict parallel unsafe
    set search_path = pg_catalog, pg_temp
as $$
declare
    claims regclass;
begin
    perform eventlog._require_act('_drop_claims', 'forget_log');
    for claims in
        select t.tgrelid::regclass
        from pg_trigger t
        join pg_class c on c.oid = t.tgrelid
        where t.tgfoid = 'eventlog.forbid_change()'::regprocedure
            and t.tgname = 'eventlog_append_only'
            and t.tgtype = 58
            and eventlog._claims_tenant(t.tgrelid) is not null
            and encode(t.tgargs, 'escape') = log_id::text || '\000'
            -- Anyone can put such a guard on a table of their own; it is for them to drop that.
            and pg_has_role(c.relowner, 'USAGE')
    loop
        execute format('drop table %s', claims);
    end loop;
end
$$;

comment on function eventlog._drop_claims(uuid) is
    'internal: drops the table of idempotency keys that a dropped log left';
