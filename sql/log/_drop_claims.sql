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
        select named.relation
        from eventlog._claims_named(log_id) named (relation)
        join pg_class c on c.oid = named.relation
        where eventlog._claims_tenant(named.relation) is not null
            -- Anyone can put such a guard on a table of their own; it is for them to drop that.
            and pg_has_role(c.relowner, 'USAGE')
    loop
        execute format('drop table %s', claims);
    end loop;
end
$$;

comment on function eventlog._drop_claims(uuid) is
    'internal: drops the table of idempotency keys that a dropped log left';
