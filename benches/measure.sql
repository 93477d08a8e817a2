-- How a way to write is measured: on its empty table, between a checkpoint and the next.

create table bench.sample (
    part text,
    variant text,
    round int,
    -- per event: seconds, or events a second for pgbench
    value double precision,
    wal_bytes double precision,
    table_bytes double precision
);

-- Seconds that this backend has spent on a processor. Other programs on the same machine take its time away, but do not
-- add to this. Where the system does not tell, it is the time of day.
create function bench.seconds() returns double precision language sql volatile as $$
    select coalesce(
        nullif(split_part(pg_read_file('/proc/self/schedstat', 0, 100, true), ' ', 1), '')::double precision / 1e9,
        extract(epoch from clock_timestamp())::double precision)
$$;

-- One round: each variant once, one after the other. Every other round goes backwards, so that none always has the
-- same neighbour. The first of the variants is what the others are compared with.
create procedure bench.measure(part text, variants text[], events int, round int)
    language plpgsql
as $$
declare
    variant text;
    log regclass;
    arrays jsonb[];
    texts text[];
    started double precision;
    ended double precision;
    wal pg_lsn;
begin
    for variant in
        select v from unnest(variants) with ordinality as u (v, i) order by case round % 2 when 0 then -i else i end
    loop
        log := bench.log_of(variant);
        call bench.clear(log);
        commit;
        checkpoint;
        arrays := case when variant like 'batch%' then bench.batches(events) end;
        texts := case when variant like 'text%' then bench.batches(events)::text[] end;
        wal := pg_current_wal_insert_lsn();
        started := bench.seconds();
        if texts is not null then
            execute format('call bench.run_%s($1, $2)', variant) using events, texts;
        elsif arrays is not null then
            execute format('call bench.run_%s($1, $2)', variant) using events, arrays;
        else
            execute format('call bench.run_%s($1)', variant) using events;
        end if;
        ended := bench.seconds();
        insert into bench.sample
        values (part, variant, round, (ended - started) / events,
            (pg_current_wal_insert_lsn() - wal)::double precision / events,
            pg_total_relation_size(log)::double precision / events);
        perform bench.expect(log, events);
        commit;
    end loop;
end
$$;

-- The table that a variant writes to.
create function bench.log_of(variant text) returns regclass language sql as $$
    select ('bench.' || case
        when variant in ('batch_plain', 'batch_recordset') then 'plain'
        else regexp_replace(variant, '^(each|alone|batch|text|writer)_', '')
    end)::regclass
$$;

-- A measure of something that did not happen would look very good.
create function bench.expect(log regclass, events int) returns void language plpgsql as $$
declare
    found bigint;
begin
    execute format('select count(*) from %s', log) into found;
    if found <> events then
        raise '% holds % events, not %', log, found, events;
    end if;
end
$$;

-- A line of a report's table: what a variant took compared with another one of the same rounds; none where it was not
-- measured.
create function bench.line(part text, variant text, base text, title text, against text, unit text default 'µs')
    returns setof text language sql stable as $$
    select format('| %s | %s | %s | %s–%s | %s %s |', title, against, round(ratios[2]::numeric, 2),
        round(ratios[1]::numeric, 2), round(ratios[3]::numeric, 2),
        case unit when 'ns' then round((median * 1e9)::numeric) else round((median * 1e6)::numeric, 1) end, unit)
    from (
        select percentile_cont(array[0.25, 0.5, 0.75]) within group (order by v.value / nullif(b.value, 0)) as ratios,
            percentile_cont(0.5) within group (order by v.value) as median
        from bench.sample v
        join bench.sample b on (b.part, b.variant, b.round) = (v.part, line.base, v.round)
        where v.part = line.part and v.variant = line.variant
    ) as compared
    where median is not null
$$;
