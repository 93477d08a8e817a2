-- It reads upcasts, as everyone may.
create or replace function eventlog._upcast_from(log_id uuid, type text, version int) returns int[]
    language sql stable strict parallel safe
    set search_path = pg_catalog, pg_temp
as $$
    with recursive way as (
        select u.from_version
        from eventlog.upcast u
        where u.log_id = $1 and u.type = $2 and u.to_version = $3
        union
        select u.from_version
        from way
        join eventlog.upcast u on u.log_id = $1 and u.type = $2 and u.to_version = way.from_version
    )
    select array(select from_version from way order by from_version)
$$;

comment on function eventlog._upcast_from(uuid, text, int) is
    'internal: the versions from which upcasts lead to this one';
