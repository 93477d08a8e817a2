-- Keeps writers off a table and its partitions until the transaction ends: no change may fall between the moment that
-- the catalogue says tracking began and the making of the triggers.
create or replace function eventlog._lock_tracked(relation regclass) returns void
    language plpgsql volatile strict parallel unsafe
    set search_path = pg_catalog, pg_temp
as $$
begin
    execute format('lock table %s in share row exclusive mode', relation);
end
$$;

-- It locks as its caller, who must have the right to.
revoke all on function eventlog._lock_tracked(regclass) from public;
grant execute on function eventlog._lock_tracked(regclass) to public;

comment on function eventlog._lock_tracked(regclass) is
    'internal: keeps writers off a table while its tracking begins';
