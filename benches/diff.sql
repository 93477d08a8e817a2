-- What field_changes costs, against jsonb's own = and against a full join of jsonb_each, on documents of 40 keys and
-- 1.5 KB of which three fields differ. It reads and writes nothing, so a round is a loop over documents in memory.
--
-- jsonb's = stops at the first difference, in the order of the keys; so where the three lie decides what it costs, and
-- each place is a part of its own: "diff first", "diff spread" (the 10th, 20th and 30th key), "diff last".

create table bench.diff_key as
select row_number() over (order by length(key), key) as position, key
from (select 'field_' || lpad(i::text, 2, '0') || repeat('x', i % 7) from generate_series(0, 39) as i) as k (key);

create table bench.document (place text, old jsonb, new jsonb);
-- Compressed, most of what is measured would be their decompression.
alter table bench.document alter old set storage plain, alter new set storage plain;
insert into bench.document
select place, old, old || changed
from generate_series(1, 100) as n,
    (values ('first', '{1,2,3}'::int[]), ('spread', '{10,20,30}'), ('last', '{38,39,40}')) as p (place, positions)
cross join lateral (
    select jsonb_object_agg(key, value) as old,
        jsonb_object_agg(key, case jsonb_typeof(value)
            when 'string' then to_jsonb((value #>> '{}') || ', and more')
            when 'number' then to_jsonb((value #>> '{}')::numeric + 1)
            else to_jsonb(not value::boolean)
        end) filter (where position = any (positions)) as changed
    from bench.diff_key
    cross join lateral (select case position % 4
        when 0 then to_jsonb(repeat(chr((97 + (n + position) % 26)::int), 20 + (position % 20)::int))
        when 1 then to_jsonb((n * 1000 + position) * 1.5)
        when 2 then to_jsonb(position % 3 = 0)
        else to_jsonb('on the 1st of January at noon ' || n)
    end) as v (value)
) as d;

do $$
declare
    size numeric := (select avg(pg_column_size(old)) from bench.document);
begin
    if abs(size - 1500) > 30 then
        raise 'the documents have % bytes, not 1500', round(size);
    elsif exists (
        select from bench.document where (select count(*) from jsonb_object_keys(eventlog.field_changes(old, new))) <> 3
    ) then
        raise 'not all documents differ in three fields';
    end if;
end
$$;

-- Runs one way over the documents of a place; the seconds that one of them took.
create function bench.run_diff(place text, expression text, calls int) returns double precision
    language plpgsql volatile
as $$
declare
    started double precision := bench.seconds();
    done bigint;
begin
    -- What a loop over nothing costs is taken off by the caller, so all loops must be alike.
    execute format('select count(%s) from (select old, new from bench.document where place = $1 offset 0) d,
        generate_series(1, $2 / 100)', expression) into done using place, calls;
    if done <> calls / 100 * 100 then
        raise 'compared % times, not %', done, calls;
    end if;
    return (bench.seconds() - started) / done;
end
$$;

-- One round of all places: each way once, every other round backwards.
create procedure bench.measure_diff(calls int, round int)
    language plpgsql
as $$
declare
    way record;
    nothing double precision;
begin
    for way in
        select w.*, p.place
        from unnest('{first,spread,last}'::text[]) as p (place),
            (values
                (1, 'equal', 'old = new', calls),
                (2, 'field_changes', 'eventlog.field_changes(old, new)', calls),
                -- As one would write it without the extension, and without the cost of a function around it.
                (3, 'full_join', $q$(
                    select jsonb_object_agg(key,
                        case when o.value is null then '{}' else jsonb_build_object('old', o.value) end
                        || case when n.value is null then '{}' else jsonb_build_object('new', n.value) end)
                    from jsonb_each(old) o full join jsonb_each(new) n using (key)
                    where o.value is distinct from n.value)$q$, greatest(calls / 20, 100))
            ) as w (i, variant, expression, calls)
        order by p.place, case round % 2 when 0 then -w.i else w.i end
    loop
        nothing := bench.run_diff(way.place, 'true', calls);
        insert into bench.sample (part, variant, round, value)
        values ('diff ' || way.place, way.variant, round,
            bench.run_diff(way.place, way.expression, way.calls) - nothing);
    end loop;
end
$$;
