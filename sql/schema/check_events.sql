-- What a schema would have refused. It reads the log as its caller.
create or replace function eventlog.check_events(
    type text,
    schema jsonb,
    since timestamptz default null,
    max_events int default 10000,
    log regclass default null
) returns table (checked bigint, refused bigint, code text, path text)
    language plpgsql stable called on null input parallel unsafe
    set search_path = pg_catalog, pg_temp
    rows 20
as $$
#variable_conflict use_column
declare
    -- The same choice as that of every call which names no log.
    chosen regclass := coalesce(
        log,
        nullif(current_setting('eventlog.default_log', true), '')::regclass,
        (select l.relation from eventlog.log l where l.is_default));
begin
    if check_events.type is null then
        raise invalid_parameter_value using message = 'event type must not be null';
    end if;
    if check_events.schema is null then
        raise invalid_parameter_value using message = 'schema must not be null';
    end if;
    if check_events.max_events is null or check_events.max_events < 1 then
        raise invalid_parameter_value using message = 'max_events must be 1 or more';
    end if;
    if not exists (select from eventlog.log l where l.relation = chosen) then
        raise object_not_in_prerequisite_state using
            message = case when chosen is null then 'there is no default log'
                else format('"%s" is not a log', replace(chosen::text, '"', '')) end,
            hint = case when chosen is null then 'Name a log, or make one with eventlog.create_log.'
                else 'The view eventlog.logs lists the logs; eventlog.repair_log brings back one that was lost.' end;
    end if;
    -- A schema that is none is refused where there are no events too.
    perform eventlog.matches_schema(check_events.schema, '{}');

    return query execute format(
        'with looked_at as materialized (
            select e.payload, eventlog.matches_schema($2, e.payload) as matches
            from (
                select payload from %s
                where type = $1 and ($3 is null or occurred_at >= $3)
                order by occurred_at desc
                limit $4
            ) e
        )
        select count(*), count(*) filter (where not matches), null::text, null::text from looked_at
        union all
        (select (select count(*) from looked_at), count(*), v.code, v.path
        from (
            select distinct e.number, v.code, v.path
            from (select row_number() over () as number, payload from looked_at where not matches) e,
                eventlog.schema_violations($2, e.payload) v
        ) v
        group by v.code, v.path
        order by count(*) desc, v.code collate "C", v.path collate "C")', chosen)
    using check_events.type, check_events.schema, check_events.since, check_events.max_events;
end
$$;

comment on function eventlog.check_events(text, jsonb, timestamptz, int, regclass) is
    'what a JSON Schema would have refused of the last events of a type, by violation; the first row is their sum';
