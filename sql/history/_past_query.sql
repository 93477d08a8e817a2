-- The statement of table_as_of. Its parameters: $1 the time, $2 the least id of an event after it, $3 the entity type,
-- $4 and $5 the times until which events are read in another way, in order of time, and those ways; $6 the columns that
-- are null, $7 the columns of the key, $8 the reading, $9 the tenant, $10 the entities.
--
-- Rows and events belong together where their keys are equal by the operator of the primary key's index, and their
-- tenants are the same. An entity's id is the key's text, so as a rule it is grouped by that and read once. Where one key
-- is written in several ways, each event's is read.
-- It only writes a statement, which table_as_of runs as its caller.
create or replace function eventlog._past_query(
    relation regclass,
    log regclass,
    tells_apart boolean,
    tenant_column text,
    blind text[],
    of_tenant boolean,
    of_entities boolean
) returns text
    language plpgsql stable called on null input parallel safe
    set search_path = pg_catalog, pg_temp
as $$
declare
    -- The way of the first span that ends after the event; null where none does.
    event_reading constant text := '($5)[width_bucket(e.recorded_at, $4) + 1]';
    k record;
    event_tenant text;
    live_tenant text;
    tenant_type regtype;
    tenant_base regtype;
    events text;
    wanted text;
begin
    select
        string_agg(format('(key.r).%I as k%s', p.name, p.place), ', ' order by p.place) as parts,
        string_agg(format('event.k%s %s live.%I', p.place, p.equal, p.name), ' and ' order by p.place) as event_live,
        string_agg(format('wanted.k%s %s live.%I', p.place, p.equal, p.name), ' and ' order by p.place) as wanted_live,
        string_agg(format('wanted.k%s %s each.k%s', p.place, p.equal, p.place), ' and ' order by p.place) as wanted_each,
        string_agg(format('k%s', p.place), ', ' order by p.place) as names,
        string_agg(format('each.k%s', p.place), ', ' order by p.place) as each_names
    into strict k
    from eventlog._key_columns(relation) p;

    event_tenant := 'null::text';
    if tenant_column is not null then
        select a.atttypid into strict tenant_type
        from pg_attribute a
        where a.attrelid = log and a.attname = 'tenant_id' and not a.attisdropped;
        with recursive base (oid) as (
            select a.atttypid from pg_attribute a where a.attrelid = relation and a.attname = tenant_column
            union all
            select t.typbasetype from base b join pg_type t on t.oid = b.oid where t.typtype = 'd'
        )
        select b.oid into strict tenant_base
        from base b join pg_type t on t.oid = b.oid
        where t.typtype <> 'd';
        event_tenant := 'e.tenant_id';
        if tenant_base = tenant_type
            or tenant_type = 'bigint'::regtype and tenant_base in ('smallint'::regtype, 'integer'::regtype)
            or tenant_type = 'text'::regtype and tenant_base = 'varchar'::regtype
        then
            live_tenant := format('live.%I::%s', tenant_column, tenant_type);
        else
            live_tenant := format('eventlog._tenant_text(live.%I, %L::regtype)::%s', tenant_column, tenant_type,
                tenant_type);
        end if;
    end if;

    events := format($query$
        from %1$s e
        %2$s
        where e.recorded_at > $1 and e.id >= $2
            and e.entity_type = $3 and e.entity_id is not null
            and e.type = any (array[$3 || '.created', $3 || '.updated', $3 || '.state_changed', $3 || '.deleted'])
            %3$s %4$s
        $query$,
        log,
        case when not tells_apart then format(
            'cross join lateral (select eventlog._past_key(null::%s, $7, e.entity_id) as r offset 0) key', relation) end,
        case when of_tenant then format('and e.tenant_id = $9::%s', tenant_type) end,
        case when of_entities and tells_apart then 'and e.entity_id = any ($10)' end);

    if tells_apart then
        events := format($query$
            select %2$s, each.tenant_id, each.undone
            from (
                select e.entity_id, %3$s as tenant_id, eventlog._undo(
                    substr(e.type, length($3) + 2), e.context ->> 'field', e.payload, e.entity_id, e.tenant_id::text, %4$s
                    order by e.seq) as undone
                %5$s
                group by e.entity_id, %3$s
            ) each
            cross join lateral (select eventlog._past_key(null::%1$s, $7, each.entity_id) as r offset 0) key
            $query$,
            relation, k.parts, event_tenant, event_reading, events);
    else
        events := format($query$
            select %1$s, each.tenant_id, eventlog._undo(
                each.kind, each.field, each.payload, each.entity_id, each.tenant, each.reading order by each.seq) as undone
            from (
                select %2$s, %3$s as tenant_id, e.seq, e.entity_id, e.tenant_id::text as tenant, e.payload,
                    substr(e.type, length($3) + 2) as kind, e.context ->> 'field' as field, %4$s as reading,
                    -- What cannot be read is no other's equal.
                    case when key.r is null then e.entity_id end as unread
                %5$s
            ) each
            %6$s
            group by %1$s, each.tenant_id, each.unread
            $query$,
            k.each_names, k.parts, event_tenant, event_reading, events,
            case when of_entities then format('where exists (select from wanted where %s)', k.wanted_each) end);
    end if;

    wanted := case when of_entities then format($query$
        wanted as materialized (
            select distinct %2$s
            from unnest($10) id
            cross join lateral (select eventlog._past_key(null::%1$s, $7, id) as r offset 0) key
        ),
        $query$, relation, k.parts) end;

    return format($query$
        with %1$s
        event as materialized (%2$s)
        select (past.r).*
        from (
            select %8$s as r
            from %4$s
            left join event on %5$s %6$s
            where (event.undone is null or event.undone ->> 'row' = 'kept') %7$s
            union all
            select gone.r
            from (
                select eventlog._past_row(null::%3$s, event.undone, $7, %9$L, $6, $8) as r
                from event
                where event.undone ->> 'row' = 'gone'
                offset 0
            ) gone
            where not gone.r is null
            offset 0
        ) past
        $query$,
        wanted,
        events,
        relation,
        case when of_entities then format('wanted join %s live on %s', relation, k.wanted_live)
            else format('%s live', relation) end,
        k.event_live,
        case when live_tenant is not null then format('and event.tenant_id is not distinct from %s', live_tenant) end,
        case when of_tenant then format('and %s = $9::%s', live_tenant, tenant_type) end,
        case when blind = '{}' then format(
            'case when event.undone is null then live else eventlog._past_row(live, event.undone, $7, %L, $6, $8) end',
            tenant_column)
            else format('eventlog._past_row(live, event.undone, $7, %L, $6, $8)', tenant_column) end,
        tenant_column);
end
$$;

comment on function eventlog._past_query(regclass, regclass, boolean, text, text[], boolean, boolean) is
    'internal: the statement with which table_as_of reads the past';
