-- Makes the view of a type, or adds to the one that is there what has come since.
-- It makes a view as its caller: CREATE on the schema decides, and the log's grants say what the caller sees through it.
create or replace function eventlog._build_type_view(
    schema_name text,
    view_name text,
    type text,
    version int,
    log regclass
) returns regclass
    language plpgsql volatile called on null input parallel unsafe
    set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    found_id uuid := eventlog._gate_id($5);
    wanted int;
    view regclass;
    note jsonb;
    log_columns text[];
    columns jsonb := '[]';
    upcast_from int[];
    document text;
    expressions text;
    listed text;
    part record;
    column_name text;
    problem text;
begin
    perform eventlog._require_act('_build_type_view', 'create_type_view');
    if coalesce($2, '') = '' or octet_length($2) > 63 then
        problem := case when coalesce($2, '') = '' then 'a view of a type needs a name'
            else format('"%s" is too long for the name of a view', $2) end;
        raise invalid_parameter_value using message = problem;
    elsif $1 is null or not exists (select from pg_namespace n where n.nspname = $1) then
        raise invalid_schema_name using
            message = coalesce(format('schema "%s" does not exist', $1),
                format('there is no schema to make the view "%s" in', $2));
    end if;

    select t.version into wanted
    from eventlog.event_type t
    where t.log_id = found_id and t.type = $3 and case when $4 is null then t.is_default else t.version = $4 end;
    if not found then
        raise invalid_parameter_value using
            message = format(case when $4 is null then 'event type "%1$s" is not registered in log "%3$s"'
                else 'event type "%1$s" has no version %2$s in log "%3$s"' end,
                left($3, 255), $4, replace($5::text, '"', ''));
    end if;

    select c.oid into view
    from pg_class c
    join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = $1 and c.relname = $2;
    if found then
        note := eventlog._type_view_note(view);
        if note is null or (note ->> 'log_id', note ->> 'type') is distinct from (found_id::text, $3)
            or not exists (select from pg_class c where c.oid = view and c.relkind = 'v')
        then
            raise duplicate_table using
                message = format('relation "%s" exists, and is no view of event type "%s"', $2, left($3, 255));
        end if;
    end if;

    -- A view keeps its columns where they are, so those that it has come first.
    log_columns := case when note is null then array(
            select a.attname::text
            from pg_attribute a
            where a.attrelid = $5 and a.attnum > 0 and not a.attisdropped
            order by a.attnum)
        else array(select jsonb_array_elements_text(note -> 'log_columns')) end;
    for part in
        select c.value ->> 0 as name, c.value ->> 1 as property, c.value ->> 2 as old_type, t.type_name as new_type
        from jsonb_array_elements(coalesce(note -> 'columns', '[]')) with ordinality as c (value, n)
        left join eventlog._type_columns(found_id, $3, wanted) t on t.property = c.value ->> 1
        order by c.n
    loop
        if part.new_type <> part.old_type then
            raise invalid_table_definition using
                message = format('column "%s" of view "%s" would become %s, and is %s', part.name, $2, part.new_type,
                    part.old_type),
                hint = format('Make it anew: drop view %s;', view);
        end if;
        columns := columns || jsonb_build_array(jsonb_build_array(part.name, part.property, part.old_type));
    end loop;
    for part in
        select t.property, t.type_name
        from eventlog._type_columns(found_id, $3, wanted) t
        where not exists (select from jsonb_array_elements(columns) c where c ->> 1 = t.property)
        order by t.property collate "C"
    loop
        column_name := part.property;
        -- System columns have their names everywhere.
        if column_name = '' or octet_length(column_name) > 63 or column_name = any (log_columns)
            or column_name in ('tableoid', 'xmin', 'cmin', 'xmax', 'cmax', 'ctid')
            or exists (select from jsonb_array_elements(columns) c where c ->> 0 = column_name)
        then
            select 'payload_' || n into column_name
            from generate_series(1, 10000) n
            where 'payload_' || n <> all (log_columns)
                and not exists (select from jsonb_array_elements(columns) c where c ->> 0 = 'payload_' || n)
                and not exists (
                    select from eventlog._type_columns(found_id, $3, wanted) t where t.property = 'payload_' || n)
            order by n
            limit 1;
        end if;
        columns := columns || jsonb_build_array(jsonb_build_array(column_name, part.property, part.type_name));
    end loop;

    upcast_from := eventlog._upcast_from(found_id, $3, wanted);
    document := case when upcast_from = '{}' then 'l.payload' else format(
        'case when l.version operator(pg_catalog.=) any (%L::int4[])'
        ' then eventlog.upcast(l.type, l.version, l.payload, %s, %L::regclass) else l.payload end',
        upcast_from, wanted, $5) end;
    select string_agg(format('e.%I', c.name), ', ' order by c.n) into expressions
    from unnest(log_columns) with ordinality as c (name, n);
    select expressions || coalesce(', ' || string_agg(
            format(case c.value ->> 2 when 'jsonb' then 'e.eventlog_document operator(pg_catalog.->) %2$L as %3$I'
                else 'eventlog.%1$I(e.eventlog_document operator(pg_catalog.->) %2$L) as %3$I' end,
                '_' || (c.value ->> 2) || '_of', c.value ->> 1, c.value ->> 0), ', ' order by c.n), '')
    into expressions
    from jsonb_array_elements(columns) with ordinality as c (value, n);

    -- As the one who looks: the log's grants and policies hold through the view. What is above the subquery is not asked
    -- of rows that a policy hides, as the functions are not leakproof.
    execute format('create or replace view %I.%I with (security_invoker = true) as select %s from'
        ' (select l.*, %s as eventlog_document from %s l where l.type operator(pg_catalog.=) %L) e',
        $1, $2, expressions, document, $5, $3);
    view := format('%I.%I', $1, $2)::regclass;

    select string_agg(format('%s is the property "%s"', c ->> 0, c ->> 1), '; ' order by n) into listed
    from jsonb_array_elements(columns) with ordinality as c (c, n)
    where c ->> 0 <> c ->> 1;
    execute format('comment on view %s is %L', view, format('the events of type "%s" of %s, their payloads as columns%s; '
        'pg_eventlog made it of: %s', $3, $5, coalesce('; ' || listed, ''), jsonb_build_object(
            'log_id', found_id, 'type', $3, 'version', $4, 'basis', eventlog._type_view_basis(found_id, $3, wanted),
            'log_columns', log_columns, 'columns', columns)));
    for part in select c ->> 0 as name, c ->> 1 as property from jsonb_array_elements(columns) c loop
        execute format('comment on column %s.%I is %L', view, part.name, format('"%s" of the payload', part.property));
    end loop;
    return view;
end
$$;

comment on function eventlog._build_type_view(text, text, text, int, regclass) is
    'internal: makes the view of an event type, or brings it up to date';
