-- The second table of docs/explanation/benchmarks.md.
\pset format unaligned
\pset tuples_only on
\pset footer off

\qecho '| one changed row | compared with | ratio | middle half | cost |'
\qecho '|---|---|--:|--:|--:|'

with cost as (
    select s.round, s.what, s.variant, s.value, s.wal_bytes, s.heap_bytes, s.all_bytes, s.payload_bytes,
        -- what capture adds to the change, without what writing its event takes
        s.value - p.value - w.value as own
    from bench.capture_sample s
    left join bench.capture_sample p
        on p.round = s.round and p.what = s.what and p.variant = 'plain' and s.what like 'change%'
    left join bench.capture_sample w
        on w.round = s.round and w.variant = s.variant and w.what = replace(s.what, 'change', 'write') and s.what like 'change%'
),
compared (position, title, against, mine, base, unit) as (
    select k.position, k.title, k.against, k.mine, k.base, k.unit
    from (select distinct round from cost) r
    join cost tm on (tm.round, tm.what, tm.variant) = (r.round, 'change_many', 'tracked')
    join cost ts on (ts.round, ts.what, ts.variant) = (r.round, 'change_single', 'tracked')
    join cost am on (am.round, am.what, am.variant) = (r.round, 'change_many', 'audit')
    join cost a1 on (a1.round, a1.what, a1.variant) = (r.round, 'change_single', 'audit')
    join cost pm on (pm.round, pm.what, pm.variant) = (r.round, 'change_many', 'plain')
    join cost p1 on (p1.round, p1.what, p1.variant) = (r.round, 'change_single', 'plain')
    left join cost lm on (lm.round, lm.what, lm.variant) = (r.round, 'change_many', 'table_log')
    left join cost l1 on (l1.round, l1.what, l1.variant) = (r.round, 'change_single', 'table_log')
    cross join lateral (values
        (1, 'tracked, all rows in one statement', 'PL/pgSQL audit trigger', tm.value, am.value, 'time'),
        (2, 'tracked, a statement for each', 'PL/pgSQL audit trigger', ts.value, a1.value, 'time'),
        (3, 'tracked, all rows in one statement', 'tracked, a statement for each', tm.value, ts.value, 'time'),
        (4, 'tracked, all rows in one statement', 'not tracked', tm.value, pm.value, 'time'),
        (5, 'tracked, a statement for each', 'not tracked', ts.value, p1.value, 'time'),
        (6, 'PL/pgSQL audit trigger, all rows in one statement', 'not tracked', am.value, pm.value, 'time'),
        (7, 'PL/pgSQL audit trigger, a statement for each', 'not tracked', a1.value, p1.value, 'time'),
        (8, 'capture''s own work, in one statement', 'that of the PL/pgSQL trigger', tm.own, am.own, 'time'),
        (9, 'capture''s own work, a statement for each', 'that of the PL/pgSQL trigger', ts.own, a1.own, 'time'),
        (20, 'payload', 'both rows of the PL/pgSQL trigger', tm.payload_bytes, am.payload_bytes, 'bytes'),
        (21, 'table', 'that of the PL/pgSQL trigger', tm.heap_bytes, am.heap_bytes, 'bytes'),
        (22, 'table and indexes', 'those of the PL/pgSQL trigger', tm.all_bytes, am.all_bytes, 'bytes'),
        (23, 'WAL, of change and event', 'that with the PL/pgSQL trigger', tm.wal_bytes, am.wal_bytes, 'bytes'),
        (30, 'tracked, all rows in one statement', 'table_log', tm.value, lm.value, 'time'),
        (31, 'tracked, a statement for each', 'table_log', ts.value, l1.value, 'time'),
        (32, 'table', 'that of table_log', tm.heap_bytes, lm.heap_bytes, 'bytes'),
        (33, 'table and indexes', 'those of table_log', tm.all_bytes, lm.all_bytes, 'bytes'),
        (34, 'WAL, of change and event', 'that with table_log', tm.wal_bytes, lm.wal_bytes, 'bytes')
    ) as k (position, title, against, mine, base, unit)
    where k.base is not null
),
row as (
    select position, title, against, unit,
        percentile_cont(array[0.25, 0.5, 0.75]) within group (order by mine / nullif(base, 0)) as ratios,
        percentile_cont(0.5) within group (order by mine) as median
    from compared
    group by 1, 2, 3, 4
)
select format('| %s | %s | %s | %s–%s | %s |', title, against, round(ratios[2]::numeric, 2),
    round(ratios[1]::numeric, 2), round(ratios[3]::numeric, 2),
    case unit when 'time' then format('%s µs', round((median * 1e6)::numeric, 1))
        else format('%s bytes', round(median::numeric)) end)
from row
order by position;

\qecho
\qecho '| two documents of 40 keys and 1.5 KB | compared with | ratio | middle half | cost |'
\qecho '|---|---|--:|--:|--:|'

with compared (position, variant, base, title, against) as (
    values
    (1, 'field_changes', 'equal', '`field_changes`', '`old = new`'),
    (2, 'full_join', 'field_changes', 'full join of `jsonb_each`', '`field_changes`')
),
place (position, part, title) as (
    values
    (1, 'diff spread', 'the 10th, 20th and 30th key differ'),
    (2, 'diff last', 'the last three keys differ'),
    (3, 'diff first', 'the first three keys differ')
)
select line
from place p
cross join compared c
cross join lateral bench.line(p.part, c.variant, c.base, c.title || ', ' || p.title, c.against, 'ns') as line
order by p.position, c.position;
