-- It reads the taxonomy, as everyone may.
create or replace function eventlog.export_taxonomy(log regclass default null) returns jsonb
    language plpgsql stable called on null input parallel safe
    set search_path = pg_catalog, pg_temp
as $$
declare
    -- The same choice as that of every call which names no log.
    chosen regclass := coalesce(
        log,
        nullif(current_setting('eventlog.default_log', true), '')::regclass,
        (select l.relation from eventlog.log l where l.is_default));
    found_id uuid := (select l.log_id from eventlog.log l where l.relation = chosen);
begin
    if found_id is null then
        raise object_not_in_prerequisite_state using
            message = case when chosen is null then 'there is no default log'
                else format('"%s" is not a log', replace(chosen::text, '"', '')) end,
            hint = case when chosen is null then 'Name a log, or make one with eventlog.create_log.'
                else 'The view eventlog.logs lists the logs; eventlog.repair_log brings back one that was lost.' end;
    end if;

    return jsonb_build_object('types', coalesce((
        select jsonb_agg(
            -- What is at its default is left out; an import fills it in again.
            jsonb_strip_nulls(jsonb_build_object(
                'type', e.type,
                'version', e.version,
                'default', case when e.is_default and e.versions > 1 then true end,
                'domain', e.domain,
                'description', e.description,
                'required', nullif(e.required, '{}'),
                'optional', nullif(e.optional, '{}'),
                'max_payload_bytes', e.max_payload_bytes,
                'entity_types', e.entity_types,
                'actor_types', e.actor_types,
                'additional', nullif(e.additional, 'allow'),
                'compatibility', nullif(e.compatibility, 'none'),
                'redact', e.redact,
                'enforce', nullif(e.enforce, 'reject'),
                'owner', e.owner,
                'docs_url', e.docs_url,
                'status', nullif(e.status, 'active')))
            -- As they are: a null in a schema means something.
            || case when e.schema is null then '{}' else jsonb_build_object('schema', e.schema) end
            || case when e.context_schema is null then '{}'
                else jsonb_build_object('context_schema', e.context_schema) end
            order by e.type collate "C", e.version)
        from (
            select t.*, count(*) over (partition by t.type) as versions
            from eventlog.event_type t
            where t.log_id = found_id
        ) e
    ), '[]')) || jsonb_strip_nulls(jsonb_build_object(
            'redact', (select l.redact from eventlog.log l where l.log_id = found_id),
            'rules', eventlog._rules_document(found_id)))
        || coalesce((
            select jsonb_build_object('upcasts', u) from eventlog._upcasts_document(found_id) u where u is not null), '{}');
end
$$;

comment on function eventlog.export_taxonomy(regclass) is
    'the taxonomy of a log as a document that eventlog.import_taxonomy takes';
