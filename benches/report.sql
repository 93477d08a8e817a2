-- The first table of docs/explanation/benchmarks.md, as Markdown. A ratio is of costs: 2.00 takes twice as long, needs twice the bytes.
\pset format unaligned
\pset tuples_only on
\pset footer off

\qecho '| one event | compared with | ratio | middle half | cost |'
\qecho '|---|---|--:|--:|--:|'

with compared (position, part, variant, base, title, against) as (
    values
    (10, 'rows', 'gate', 'plain', '`INSERT` through the gate, 100,000 rows in a statement', 'the same without gate'),
    (11, 'rows', 'plpgsql_trigger', 'plain', 'the checks in a PL/pgSQL trigger', 'the same without trigger'),
    (12, 'calls', 'log_event', 'plpgsql_function', '`log_event`, 100,000 calls in a statement',
        'PL/pgSQL function'),
    (13, 'calls', 'log_event', 'plpgsql_full', '`log_event`, 100,000 calls in a statement',
        'PL/pgSQL function with all its parameters and checks'),
    (14, 'calls', 'log_event', 'plain', '`log_event`, 100,000 calls in a statement',
        '`INSERT` of 100,000 rows'),
    (15, 'calls', 'plpgsql_function', 'plain', 'PL/pgSQL function, 100,000 calls in a statement',
        '`INSERT` of 100,000 rows'),
    (16, 'rows', 'builtin_defaults', 'plain', 'the plain table with Postgres''s own column defaults',
        'the extension''s defaults'),
    (20, 'each', 'each_gate', 'each_plain', '`INSERT` through the gate, a statement for each', 'the same without gate'),
    (21, 'each', 'each_log_event', 'each_plain', '`log_event`, a statement for each', 'plain `INSERT`'),
    (23, 'writer', 'writer_log_event', 'writer_plain', '`log_event` as a writer of one tenant, a statement for each',
        'plain `INSERT` as the writer'),
    (22, 'each', 'each_plpgsql_function', 'each_plain', 'PL/pgSQL function, a statement for each', 'plain `INSERT`'),
    (30, 'batch', 'batch_log_events', 'batch_plain', '`log_events` of 1,000', '`INSERT ... SELECT` of 1,000'),
    (31, 'batch', 'batch_recordset', 'batch_plain', '`INSERT ... SELECT` from `jsonb_to_recordset` of 1,000',
        '`INSERT ... SELECT` of 1,000'),
    (32, 'text', 'text_ingest_events', 'text_log_events', '`ingest_events` of 1,000 good ones', '`log_events` of 1,000, both from a text'),
    (40, 'pgbench 1', 'gate', 'plain', 'pgbench, 1 client: `INSERT` through the gate', 'plain `INSERT`'),
    (41, 'pgbench 1', 'log_event', 'plain', 'pgbench, 1 client: `log_event`', 'plain `INSERT`'),
    (43, 'pgbench 1 writer', 'log_event', 'plain', 'pgbench, 1 client: `log_event` as a writer of one tenant',
        'plain `INSERT` as the writer'),
    (42, 'pgbench 1', 'plpgsql_function', 'plain', 'pgbench, 1 client: PL/pgSQL function', 'plain `INSERT`'),
    (50, 'pgbench 4', 'gate', 'plain', 'pgbench, 4 clients: `INSERT` through the gate', 'plain `INSERT`'),
    (51, 'pgbench 4', 'log_event', 'plain', 'pgbench, 4 clients: `log_event`', 'plain `INSERT`'),
    (52, 'pgbench 4', 'plpgsql_function', 'plain', 'pgbench, 4 clients: PL/pgSQL function', 'plain `INSERT`')
),
-- the rounds' ratios of time
time_row as (
    select c.position, c.title, c.against,
        percentile_cont(array[0.25, 0.5, 0.75]) within group (order by v.value / nullif(b.value, 0)) as ratios,
        percentile_cont(0.5) within group (order by v.value) as median
    from compared c
    join bench.sample v on (v.part, v.variant) = (c.part, c.variant)
    join bench.sample b on (b.part, b.variant, b.round) = (c.part, c.base, v.round)
    group by 1, 2, 3
),
byte_row as (
    select 60 + k.position as position, k.title, 'the table without gate' as against,
        percentile_cont(array[0.25, 0.5, 0.75]) within group (order by k.mine / k.base) as ratios,
        percentile_cont(0.5) within group (order by k.mine) as median
    from bench.sample v
    join bench.sample b on (b.part, b.variant, b.round) = (v.part, 'plain', v.round)
    cross join lateral (values
        (1, 'WAL of an event written by `log_event`', v.wal_bytes, b.wal_bytes),
        (2, 'table and indexes of an event written by `log_event`', v.table_bytes, b.table_bytes)
    ) as k (position, title, mine, base)
    where v.part = 'calls' and v.variant = 'log_event'
    group by 1, 2, 3
),
memory_row as (
    select 70 + (l.variant = 'plain')::int as position,
        format('a backend''s memory after %s %s', to_char(l.events, 'FM9,999,999'),
            case l.variant when 'log_event' then 'events through `log_event`' else 'rows of plain `INSERT`' end
        ) as title,
        format('after the first %s', to_char(f.events, 'FM9,999,999')) as against,
        l.process_bytes::float8 / f.process_bytes as ratio,
        l.process_bytes / 1024 as kilobytes,
        (l.context_bytes - f.context_bytes) / 1024 as growth
    from (select distinct on (variant) * from bench.memory where events > 0 order by variant, events) f
    join (select distinct on (variant) * from bench.memory where events > 0 order by variant, events desc) l
        using (variant)
),
row as (
    select position, title, against, ratios, format('%s µs', round((median * 1e6)::numeric, 1)) as cost
    from time_row
    union all
    select position, title, against, ratios, format('%s bytes', round(median::numeric))
    from byte_row
    union all
    select position, title, against, array_fill(ratio, array[3]),
        format('%s kB (contexts %s kB)', kilobytes, to_char(growth, 'SG99999990'))
    from memory_row
)
select format('| %s | %s | %s | %s–%s | %s |', title, against, round(ratios[2]::numeric, 2),
    round(ratios[1]::numeric, 2), round(ratios[3]::numeric, 2), regexp_replace(cost, '([+-]) +', '\1'))
from row
order by position;
