-- It reads rules, as everyone may.
create or replace function eventlog._rules_document(log_id uuid) returns jsonb
    language sql stable strict parallel safe
    set search_path = pg_catalog, pg_temp
as $$
    select jsonb_agg(
        jsonb_strip_nulls(jsonb_build_object(
            'name', r.name,
            'kind', r.kind,
            'type', r.type,
            'predicate', r.predicate,
            'message', r.message,
            'entity_type', r.entity_type,
            'transitions', r.transitions,
            'path', r.path,
            'types', r.types,
            'relation', r.relation::text,
            'column', r.column_name,
            'tenant_column', r.tenant_column))
        order by r.name collate "C")
    from eventlog.event_rule r
    where r.log_id = $1
$$;

comment on function eventlog._rules_document(uuid) is
    'internal: the rules of a log as its taxonomy''s document has them; null where it has none';
