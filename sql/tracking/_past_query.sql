-- The statement of table_as_of. Its parameters: $1 the time, $2 the least id of an event after it, $3 the entity type,
-- $4 and $5 the times until which events have other names of columns, and those names; $6 the columns that are null.
create function eventlog._past_query(
    relation regclass,
    log regclass,
    keys text[],
    tenant_column text,
    blind text[],
    renamings int
) returns text
    language plpgsql stable called on null input parallel safe
    set search_path = pg_catalog, pg_temp
as $$
declare
    columns record;
    key_text text;
    key_values text;
begin
    -- A null for a column that is not shown comes from an outer join that finds nothing: a domain may refuse any other.
    select
        string_agg(format('%s.%I', case when a.attname = any (blind) then 'nothing' else 'live' end, a.attname), ', '
            order by a.attnum) as shown,
        -- Fields of a composite value that its past document lacks would be taken from today's, so a column that the
        -- document has starts from nothing.
        string_agg(
            case
                when a.attname = any (blind) then format('nothing.%I', a.attname)
                when t.typcategory = 'C'
                    then format('case when event.undone -> ''values'' ? %1$L then nothing.%1$I else live.%1$I end', a.attname)
                else format('live.%I', a.attname)
            end, ', ' order by a.attnum) as kept,
        string_agg(format('nothing.%I', a.attname), ', ' order by a.attnum) as nothing
    into columns
    from pg_attribute a
    join pg_type t on t.oid = a.atttypid
    where a.attrelid = relation and a.attnum > 0 and not a.attisdropped;

    if cardinality(keys) = 1 then
        select
            format('to_jsonb(live.%I) #>> ''{}''', a.attname),
            -- The text of an array, a row or a document is its json.
            format('case when event.undone -> ''values'' ? %L then ''{}'' else jsonb_build_object(%L, %s) end',
                a.attname, a.attname,
                case when t.typcategory in ('A', 'C') or t.typname in ('json', 'jsonb') then 'event.entity_id::jsonb'
                    else 'event.entity_id' end)
        into key_text, key_values
        from pg_attribute a
        join pg_type t on t.oid = a.atttypid
        where a.attrelid = relation and a.attname = keys[1];
    else
        select
            format('jsonb_build_array(%s)::text', string_agg(format('live.%I', k.name), ', ' order by k.place)),
            format('jsonb_build_object(%s)',
                string_agg(format('%L, event.entity_id::jsonb -> %s', k.name, k.place - 1), ', ' order by k.place))
        into key_text, key_values
        from unnest(keys) with ordinality k (name, place);
    end if;
    if tenant_column is not null then
        key_values := format('jsonb_build_object(%L, event.undone ->> ''tenant'') || %s', tenant_column, key_values);
    end if;

    return format($query$
        select (past.r).*
        from (
            select case
                when event.undone is null
                    then row(%1$s)::%3$s
                when event.undone ->> 'row' = 'kept'
                    then jsonb_populate_record(row(%9$s)::%3$s, (event.undone -> 'values') - $6)
                else jsonb_populate_record(row(%2$s)::%3$s, %6$s || ((event.undone -> 'values') - $6))
            end as r
            from %3$s live
            full join (
                select e.entity_id, eventlog._undo(
                    substr(e.type, length($3) + 2), e.context ->> 'field', e.payload, e.tenant_id::text, %7$s
                    order by e.seq) as undone
                from %4$s e
                where e.recorded_at > $1 and e.id >= $2
                    and e.entity_type = $3 and e.entity_id is not null
                    and e.type = any (array[$3 || '.created', $3 || '.updated', $3 || '.state_changed', $3 || '.deleted'])
                group by e.entity_id
            ) event on event.entity_id = %5$s
            left join %3$s nothing on false
            where case event.undone ->> 'row'
                when 'absent' then false
                when 'gone' then true
                else live.%8$I is not null
            end
            offset 0
        ) past
        $query$,
        columns.shown, columns.nothing, relation, log, key_text, key_values,
        coalesce((
            select format('case %s end',
                string_agg(format('when e.recorded_at < ($4)[%s] then ($5)[%s]', i, i), ' ' order by i))
            from generate_series(1, renamings) i
            having renamings > 0
        ), 'null::jsonb'),
        keys[1], columns.kept);
end
$$;

-- It only writes a statement, which table_as_of runs as its caller.
revoke all on function eventlog._past_query(regclass, regclass, text[], text, text[], int) from public;
grant execute on function eventlog._past_query(regclass, regclass, text[], text, text[], int) to public;

comment on function eventlog._past_query(regclass, regclass, text[], text, text[], int) is
    'internal: the statement with which table_as_of reads the past';
