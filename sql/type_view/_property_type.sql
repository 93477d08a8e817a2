-- The type of the column for a property. It only reads a document.
create or replace function eventlog._property_type(schema jsonb, property jsonb) returns text
    language plpgsql immutable called on null input parallel safe
    set search_path = pg_catalog, pg_temp
as $$
declare
    found jsonb := property;
    kinds text[];
    low numeric;
    high numeric;
begin
    -- References may lead on, and not without an end.
    for hop in 1 .. 8 loop
        exit when jsonb_typeof(found -> '$ref') is distinct from 'string';
        exit when found ->> '$ref' !~ '^#/';
        found := schema #> (
            select array_agg(replace(replace(step, '~1', '/'), '~0', '~') order by n)
            from regexp_split_to_table(substr(found ->> '$ref', 3), '/') with ordinality as s (step, n));
    end loop;
    if jsonb_typeof(found) is distinct from 'object' then
        return 'jsonb';
    end if;

    kinds := array_remove(case jsonb_typeof(found -> 'type')
        when 'string' then array[found ->> 'type']
        when 'array' then array(select jsonb_array_elements_text(found -> 'type'))
        -- Values that are listed have a type too.
        else array(
            select distinct jsonb_typeof(v)
            from jsonb_path_query(found, 'lax $.enum[*]') v
            union
            select jsonb_typeof(found -> 'const') where found ? 'const')
    end, 'null');
    if cardinality(kinds) <> 1 then
        return 'jsonb';
    end if;
    low := greatest(eventlog._numeric_of(found -> 'minimum'), eventlog._numeric_of(found -> 'exclusiveMinimum'));
    high := least(eventlog._numeric_of(found -> 'maximum'), eventlog._numeric_of(found -> 'exclusiveMaximum'));
    return case kinds[1]
        when 'string' then case found ->> 'format'
            when 'date-time' then 'timestamptz'
            when 'date' then 'date'
            when 'uuid' then 'uuid'
            else 'text'
        end
        when 'integer' then case
            when low >= -9223372036854775808 and high <= 9223372036854775807 then 'bigint'
            else 'numeric'
        end
        when 'number' then 'numeric'
        when 'boolean' then 'boolean'
        else 'jsonb'
    end;
end
$$;

comment on function eventlog._property_type(jsonb, jsonb) is
    'internal: the type of the column that a view of a type has for a property';
