-- The expression for one value of a mapping: a log's column, a column as another type, or an object of such.
-- It only makes text of a mapping.
create or replace function eventlog._event_view_expression(node jsonb, path text, log regclass) returns text
    language plpgsql stable strict parallel safe
    set search_path = pg_catalog, pg_temp
as $$
declare
    source text;
    target text;
    source_type regtype;
    fields text;
begin
    if jsonb_typeof(node) = 'object' and node <> '{}' then
        select string_agg(
            format('%L, %s', f.key, eventlog._event_view_expression(f.value, path || '.' || f.key, log)), ', '
            order by f.key collate "C")
        into fields
        from jsonb_each(node) as f;
        return format('pg_catalog.jsonb_build_object(%s)', fields);
    elsif jsonb_typeof(node) <> 'string' then
        raise invalid_parameter_value using
            message = format('"%s" is mapped to %s', path,
                case jsonb_typeof(node) when 'object' then 'an empty object' else node::text end),
            hint = 'Map it to a column of the log, such as "actor_id" or "actor_id::uuid", or to an object of such columns.';
    end if;

    source := split_part(node #>> '{}', '::', 1);
    target := substr(node #>> '{}', length(source) + 3);
    select a.atttypid::regtype into source_type
    from pg_attribute a
    where a.attrelid = log and a.attname = source and a.attnum > 0 and not a.attisdropped;
    if not found then
        raise invalid_parameter_value using
            message = format('"%s" is mapped to "%s", which is not a column of "%s"', path, source,
                replace(log::text, '"', '')),
            hint = (
                select format('Its columns are %s.', string_agg(a.attname, ', ' order by a.attnum))
                from pg_attribute a
                where a.attrelid = log and a.attnum > 0 and not a.attisdropped);
    elsif source = node #>> '{}' then
        return format('%I', source);
    elsif target not in ('uuid', 'text', 'varchar', 'int', 'bigint', 'timestamptz', 'timestamp') then
        raise invalid_parameter_value using
            message = format('"%s" is mapped to the unknown type "%s"', path, target),
            hint = 'Types are uuid, text, varchar, int, bigint, timestamptz and timestamp.';
    elsif target <> all (case source_type
        when 'text'::regtype then array['uuid', 'text', 'varchar', 'int', 'bigint']
        when 'uuid'::regtype then array['uuid', 'text', 'varchar']
        when 'timestamptz'::regtype then array['timestamptz', 'timestamp']
        when 'jsonb'::regtype then array[]::text[]
        else array['text', 'varchar', 'int', 'bigint']
    end) then
        raise invalid_parameter_value using
            message = format('"%s" is mapped to "%s", but "%s" is of type "%s"', path, node #>> '{}', source, source_type);
    elsif target = 'timestamp' then
        -- A time without a zone is UTC, whatever the session's zone.
        return format('(%I at time zone %L)', source, 'UTC');
    elsif source_type = 'xid8'::regtype then
        return format('%I::text::%s', source, target);
    else
        return format('%I::%s', source, target);
    end if;
end
$$;

comment on function eventlog._event_view_expression(jsonb, text, regclass) is
    'internal: the expression that shows one value of an event view''s mapping';
