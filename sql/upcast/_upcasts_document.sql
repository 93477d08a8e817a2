-- It reads upcasts, as everyone may.
create or replace function eventlog._upcasts_document(log_id uuid) returns jsonb
    language sql stable strict parallel safe
    set search_path = pg_catalog, pg_temp
as $$
    select jsonb_agg(
        -- As they are: a null in a step means something.
        jsonb_build_object('type', u.type, 'from_version', u.from_version, 'to_version', u.to_version)
        || case when u.steps is null then jsonb_build_object('handler', u.handler)
            else jsonb_build_object('steps', u.steps) end
        order by u.type collate "C", u.from_version, u.to_version)
    from eventlog.upcast u
    where u.log_id = $1
$$;

comment on function eventlog._upcasts_document(uuid) is
    'internal: the upcasts of a log as its taxonomy''s document has them; null where it has none';
