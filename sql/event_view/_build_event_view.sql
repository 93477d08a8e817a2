-- Makes the view of a mapping {"column": "log_column" | "log_column::type" | {"key": ...}} and the trigger by which it
-- takes inserts. A jsonb object has no order of its own, so the view's columns stand in the order of what they show,
-- after one that is called "id".
-- It makes a view as its caller: CREATE on the schema decides.
create or replace function eventlog._build_event_view(schema_name text, view_name text, log regclass, mapping jsonb)
    returns regclass
    language plpgsql volatile called on null input parallel unsafe
    set search_path = pg_catalog, pg_temp
as $$
declare
    log_id uuid := eventlog._gate_id(log);
    log_columns text[];
    problem text;
    columns text;
    view regclass;
    part record;
begin
    perform eventlog._require_act('_build_event_view', 'create_event_view');
    problem := case
        when log is null then 'an event view needs a log'
        when log_id is null then format('"%s" is not a log', replace(log::text, '"', ''))
        when coalesce(view_name, '') = '' then 'an event view needs a name'
        when octet_length(view_name) > 63 then format('"%s" is too long for the name of a view', view_name)
        when mapping is null or jsonb_typeof(mapping) <> 'object' or mapping = '{}' then
            'the mapping of an event view must be an object that names its columns'
    end;
    if problem is not null then
        raise invalid_parameter_value using
            message = problem,
            hint = 'For instance: {"id": "id", "company_id": "tenant_id", "event_type": "type", "data": "payload"}';
    elsif schema_name is null or not exists (select from pg_namespace n where n.nspname = schema_name) then
        raise invalid_schema_name using
            message = coalesce(format('schema "%s" does not exist', schema_name),
                format('there is no schema to make the view "%s" in', view_name));
    end if;

    select format('"%s" is not a name for a column', key) into problem
    from jsonb_object_keys(mapping) as key
    where key = '' or octet_length(key) > 63
    limit 1;
    if found then
        raise invalid_parameter_value using message = problem;
    end if;

    log_columns := array(
        select split_part(leaf #>> '{}', '::', 1)
        from jsonb_path_query(mapping, 'strict $.** ? (@.type() == "string")') as leaf);
    select format('the mapping names the log column "%s" more than once', name) into problem
    from unnest(log_columns) as name
    group by name
    having count(*) > 1
    limit 1;
    if found then
        raise invalid_parameter_value using
            message = problem,
            hint = 'An insert would not know which of them to take.';
    elsif 'type' <> all (log_columns) then
        raise invalid_parameter_value using
            message = 'the mapping does not name the log column "type"',
            hint = 'Each event has a type; map a column to "type".';
    end if;

    select string_agg(
        format('%s as %I', eventlog._event_view_expression(m.value, m.key, log), m.key), ', '
        order by m.key <> 'id', shown.place, m.key collate "C")
    into columns
    from jsonb_each(mapping) as m
    cross join lateral (
        select min(array_position(array['id', 'tenant_id', 'actor_type', 'actor_id', 'type', 'version', 'entity_type',
            'entity_id', 'source_type', 'source_id', 'context', 'payload', 'correlation_id', 'causation_id',
            'idempotency_key', 'occurred_at', 'recorded_at', 'seq', 'xid', 'origin'],
            split_part(leaf #>> '{}', '::', 1))) as place
        from jsonb_path_query(m.value, 'strict $.** ? (@.type() == "string")') as leaf
    ) as shown;

    -- As the one who looks: the log's grants and policies hold through the view.
    execute format('create view %I.%I with (security_invoker = true) as select %s from %s',
        schema_name, view_name, columns, log);
    view := format('%I.%I', schema_name, view_name)::regclass;
    execute format('create trigger eventlog_event_view instead of insert on %s'
        ' for each row execute function eventlog.insert_event_view(%L, %L)', view, log_id, mapping);

    execute format('comment on view %s is %L', view, format('the events of %s under other names; takes inserts', log));
    execute format('comment on trigger eventlog_event_view on %s is %L', view, format('writes to %s', log));
    for part in select m.key, m.value from jsonb_each(mapping) as m loop
        execute format('comment on column %s.%I is %L', view, part.key, format('%s of %s',
            case jsonb_typeof(part.value) when 'string' then part.value #>> '{}' else part.value::text end, log));
    end loop;
    return view;
end
$$;

comment on function eventlog._build_event_view(text, text, regclass, jsonb) is
    'internal: makes the view of a log that a mapping describes';
