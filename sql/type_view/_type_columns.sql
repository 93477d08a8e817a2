-- What a view of a type shows of its payloads: each property with the type of its column. It reads what everyone may read.
create or replace function eventlog._type_columns(log_id uuid, type text, version int)
    returns table (property text, type_name text)
    language sql stable strict parallel safe
    rows 20
    set search_path = pg_catalog, pg_temp
as $$
    select k.property, eventlog._property_type(t.schema, t.schema -> 'properties' -> k.property)
    from eventlog.event_type t
    cross join lateral (
        select unnest(t.required || t.optional) as property
        union
        select jsonb_object_keys(t.schema -> 'properties')
        where jsonb_typeof(t.schema -> 'properties') = 'object'
    ) as k
    where t.log_id = $1 and t.type = $2 and t.version = $3
    order by k.property collate "C"
$$;

comment on function eventlog._type_columns(uuid, text, int) is
    'internal: the properties of a version of a type, and the types of their columns';
