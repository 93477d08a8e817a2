-- Backwards from the live rows: what no event has touched since is as it was. The settings are those under which capture
-- writes values, so that they are read as they were meant.
-- It reads table and log as its caller: SELECT and row-level security decide.
create or replace function eventlog.table_as_of(
    "row" anyelement,
    as_of timestamptz,
    tenant_id eventlog.ident default null,
    entity_ids text[] default null
) returns setof anyelement
    language plpgsql stable called on null input parallel unsafe
    set search_path = pg_catalog, pg_temp
    set quote_all_identifiers = off
    set timezone = 'UTC'
    set datestyle = 'ISO, YMD'
    set intervalstyle = 'postgres'
    set extra_float_digits = 1
    set bytea_output = 'hex'
    set lc_monetary = 'C'
as $$
declare
    row_type regtype := pg_typeof("row");
    relation regclass;
    root regclass;
    tracking eventlog.tracked_table;
    log regclass;
    keys text[];
    tells_apart boolean;
    tracked text[];
    blind text[];
    spans record;
    tenant_type regtype;
    -- The column that says whose each row is, as far as events agree with it.
    tenant_column text;
    reading bigint;
    lost text;
begin
    if as_of is null then
        raise invalid_parameter_value using message = 'as_of must not be null';
    end if;
    select c.oid, coalesce(pg_partition_root(c.oid), c.oid)
    into relation, root
    from pg_type t
    join pg_class c on c.oid = t.typrelid and c.relkind in ('r', 'p', 'f')
    where t.oid = row_type;
    if relation is null then
        raise invalid_parameter_value using
            message = format('type "%s" is not the row type of a table', row_type),
            hint = 'Name the table by a null of its type: select * from eventlog.table_as_of(null::campaigns, ...).';
    end if;
    select t.* into tracking from eventlog.tracked_table t where t.relation = root;
    if tracking.tracking_id is null then
        raise object_not_in_prerequisite_state using
            message = format('changes of table "%s" are not tracked', relation),
            hint = 'The past of a table is known from the time on at which eventlog.track_changes() was called.';
    elsif root <> relation then
        raise invalid_parameter_value using
            message = format('table "%s" is a partition of "%s"', relation, root),
            hint = format('Read the whole table: eventlog.table_as_of(null::%s, ...).', root);
    elsif as_of < tracking.tracked_since then
        raise invalid_parameter_value using
            message = format('changes of table "%s" are tracked since %s', relation, tracking.tracked_since),
            hint = 'What it was before is not known.';
    end if;
    select l.relation, l.tenant_type
    into log, tenant_type
    from eventlog.log l
    where l.log_id = tracking.log_id and eventlog._gate_id(l.relation) = l.log_id;
    if log is null then
        raise object_not_in_prerequisite_state using
            message = format('the log of table "%s" is not there', relation),
            hint = 'Its owner puts it right with eventlog.repair_log().';
    end if;
    -- Nothing is later than now, and infinity has no event ids.
    as_of := least(as_of, clock_timestamp());

    select
        coalesce(array_agg(n.until order by n.until), '{}') as untils,
        coalesce(array_agg(n.reading order by n.until), '{}') as readings,
        coalesce((array_agg(to_jsonb(n.unknown) order by n.until))[1], '[]') as unknown,
        coalesce((array_agg(to_jsonb(n.reworded) order by n.until))[1], '[]') as reworded
    into spans
    from eventlog._names_since(tracking.tracking_id, as_of) n;

    select array_agg(k.name order by k.place)
    into keys
    from eventlog._key_columns(relation) k;
    if keys is null then
        raise object_not_in_prerequisite_state using
            message = format('table "%s" has no primary key any more', relation),
            hint = 'Its events belong to rows by their primary key.';
    elsif spans.unknown ?| keys or spans.reworded ?| keys then
        raise invalid_parameter_value using
            message = format('the primary key of table "%s" was another one at that time', relation),
            hint = 'Events from before the change belong to rows by their old key. Read them with eventlog.entity_history().';
    end if;

    -- What is not tracked, or was not yet, is null: never the value of today.
    tracked := eventlog._tracked_columns(tracking.tracking_id, relation);
    select coalesce(array_agg(a.attname::text), '{}')
    into blind
    from pg_attribute a
    where a.attrelid = relation and a.attnum > 0 and not a.attisdropped
        and a.attname <> all (keys)
        -- Whose a row is stands in its events, whether or not that column is tracked; a computed one has no past.
        and (spans.unknown ? a.attname::text or a.attgenerated = 'v'
            or a.attname::text <> all (tracked) and a.attname is distinct from tracking.tenant_column);

    if not coalesce(tracking.tenant_column = any (blind) or spans.reworded ? tracking.tenant_column::text, true)
        and not exists (
            select from eventlog.column_change c
            where c.tracking_id = tracking.tracking_id and c.action = 'reassigned' and c.at > as_of
        )
    then
        tenant_column := tracking.tenant_column;
    end if;
    if tenant_id is not null and tenant_column is null then
        raise invalid_parameter_value using
            message = format('whose the rows of table "%s" were at that time is not known', relation),
            hint = 'Leave tenant_id out. A table that is tracked with tenant_column says it.';
    elsif tenant_id is not null and eventlog._tenant_text(tenant_id::text, tenant_type) is null then
        raise invalid_parameter_value using
            message = format('tenant_id is not a valid %s', tenant_type),
            hint = format('Tenants of log "%s" are of type %s.', log, tenant_type);
    end if;
    -- What one type wrote as ["a", 1] is ["a", "1"] in another.
    tells_apart := eventlog._key_tells_apart("row", keys)
        and not exists (
            select from eventlog.column_change c
            where c.tracking_id = tracking.tracking_id and c.action = 'respelled' and c.at > as_of
        );

    reading := eventlog._begin_reading();
    return query execute eventlog._past_query(
            relation, log, tells_apart, tenant_column, blind, tenant_id is not null,
            entity_ids is not null)
        using
            as_of,
            -- An event's id begins with the millisecond, and is not older than the time it was recorded at.
            rpad(lpad(to_hex(floor(extract(epoch from as_of) * 1000)::bigint), 12, '0'), 32, '0')::uuid,
            tracking.entity_type,
            spans.untils,
            spans.readings,
            blind,
            keys,
            reading,
            eventlog._tenant_text(tenant_id::text, tenant_type),
            case when tells_apart then eventlog._spell_keys("row", keys, entity_ids) else entity_ids end;

    select string_agg(
        case when c.key = '' then format('%s of the key, whose rows are left out', c.value)
            else format('%s of column "%s"', c.value, c.key) end,
        ', ' order by c.key = '', c.key collate "C")
    into lost
    from jsonb_each(eventlog._end_reading(reading)) c;
    if lost is not null then
        raise warning using
            message = format('table "%s" had values that today''s types do not take: %s', relation, lost),
            hint = 'Such a value is null here. eventlog.entity_history() tells it as it was.';
    end if;
end
$$;

comment on function eventlog.table_as_of(anyelement, timestamptz, eventlog.ident, text[]) is
    'the rows of a tracked table as they were at a time, called as table_as_of(null::the_table, ...)';
