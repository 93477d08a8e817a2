-- The payload of an event that is emitted by hand, in the shape that a capture trigger gives it; null where nothing changed.
-- It looks at its arguments and the session's context.
create or replace function eventlog._change_payload(
    change text,
    entity_type text,
    entity_id text,
    old jsonb,
    new jsonb,
    fields text[],
    ignore text[],
    reason text
) returns jsonb
    language plpgsql stable called on null input parallel safe
    set search_path = pg_catalog, pg_temp
as $$
declare
    -- What the documents of each change are.
    takes_old boolean := change in ('updated', 'deleted', 'state_changed');
    takes_new boolean := change is distinct from 'deleted';
    takes_fields boolean := change in ('created', 'updated', 'deleted');
    payload jsonb;
    argument record;
begin
    for argument in
        values ('change', change), ('entity_type', entity_type), ('entity_id', entity_id)
    loop
        if coalesce(argument.column2, '') = '' then
            raise invalid_parameter_value using
                message = format('%s must not be null or empty', argument.column1),
                hint = 'An event of a change says what happened to which entity, as in ''updated'', ''campaigns'', 7.';
        end if;
    end loop;
    for argument in
        values ('old', old, takes_old, takes_old), ('new', new, takes_new, takes_new and (takes_old or change = 'created'))
    loop
        if argument.column2 is not null and not argument.column3 then
            raise invalid_parameter_value using
                message = format('an event "%s" has no %s document', change, argument.column1),
                hint = format('Leave %s out.', argument.column1);
        elsif argument.column2 is null and argument.column4 then
            raise invalid_parameter_value using
                message = format('an event "%s" needs %s', change, argument.column1),
                hint = case when change = 'state_changed' then 'Give both states as JSON; no state is the JSON null.'
                    else 'Give the entity''s fields as a JSON object.' end;
        elsif change <> 'state_changed' and jsonb_typeof(argument.column2) <> 'object' then
            raise invalid_parameter_value using
                message = format('%s must be a JSON object, not %s', argument.column1, jsonb_typeof(argument.column2)),
                hint = 'Give the entity''s fields as a JSON object.';
        end if;
    end loop;
    for argument in
        values ('fields', fields), ('ignore', ignore)
    loop
        if argument.column2 is not null and not takes_fields then
            raise invalid_parameter_value using
                message = format('an event "%s" takes no %s', change, argument.column1),
                hint = 'Only the documents of created, updated and deleted events are made of fields.';
        elsif array_position(argument.column2, null) is not null then
            raise invalid_parameter_value using
                message = format('%s must not hold nulls', argument.column1);
        end if;
    end loop;

    case change
        when 'updated' then
            payload := eventlog.field_changes(old, new, fields, ignore);
            if payload = '{}' then
                return null;
            end if;
            payload := jsonb_build_object('changes', payload);
        when 'state_changed' then
            if old = new then
                return null;
            end if;
            payload := jsonb_build_object('state', jsonb_build_object('old', old, 'new', new));
        when 'created', 'deleted' then
            payload := jsonb_build_object(
                case change when 'created' then 'initial_values' else 'final_values' end,
                coalesce((
                    select jsonb_object_agg(e.key, e.value)
                    from jsonb_each(coalesce(new, old)) e
                    where (fields is null or e.key = any (fields)) and (ignore is null or e.key <> all (ignore))
                ), '{}'));
        else
            payload := coalesce(new, '{}');
    end case;

    -- A reason that is given stands above one that the payload brings along, and that above the context's.
    if reason <> '' then
        return payload || jsonb_build_object('reason', reason);
    elsif eventlog.current_reason() <> '' then
        return jsonb_build_object('reason', eventlog.current_reason()) || payload;
    end if;
    return payload;
end
$$;

comment on function eventlog._change_payload(text, text, text, jsonb, jsonb, text[], text[], text) is
    'internal: the payload of a change that is emitted by hand';
