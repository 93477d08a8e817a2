-- What a view of a type was made of, as one hash: another one says that it has changed. It reads what everyone may read.
create or replace function eventlog._type_view_basis(log_id uuid, type text, version int) returns text
    language sql stable strict parallel safe
    set search_path = pg_catalog, pg_temp
as $$
    select md5(jsonb_build_array($3, eventlog._upcast_from($1, $2, $3), (
        select jsonb_agg(jsonb_build_array(c.property, c.type_name) order by c.property collate "C")
        from eventlog._type_columns($1, $2, $3) c))::text)
$$;

comment on function eventlog._type_view_basis(uuid, text, int) is
    'internal: a hash of what the view of a type is made of';
