-- Keeps writers off a table and its partitions until the transaction ends: no change may fall between the moment that
-- the catalogue says tracking began and the making of the triggers.
-- It locks as its caller, who must have the right to.
create or replace function eventlog._lock_tracked(relation regclass) returns void
    language plpgsql volatile strict parallel unsafe
    set search_path = pg_catalog, pg_temp
as $$
begin
    perform eventlog._require_act('_lock_tracked', 'track_changes');
    execute format('lock table %s in share row exclusive mode', relation);
end
$$;

comment on function eventlog._lock_tracked(regclass) is
    'internal: keeps writers off a table while its tracking begins';
