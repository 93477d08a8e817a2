-- The table of docs/explanation/benchmarks.md about schemas.
\pset format unaligned
\pset tuples_only on
\pset footer off

\qecho '| schemas | compared with | ratio | middle half | cost | more |'
\qecho '|---|---|--:|--:|--:|--:|'

with row as (
    select
        percentile_cont(array[0.25, 0.5, 0.75]) within group (order by v.value / nullif(b.value, 0)) as ratios,
        percentile_cont(0.5) within group (order by v.value) as median,
        percentile_cont(0.5) within group (order by v.value - b.value) as more
    from bench.sample v
    join bench.sample b on (b.part, b.variant, b.round) = ('schemas', 'schema_none', v.round)
    where (v.part, v.variant) = ('schemas', 'schema_ten')
)
select format('| a row of an `INSERT` whose type has a schema of 10 properties | required keys alone | %s | %s–%s | %s µs | %s µs |',
    round(ratios[2]::numeric, 2), round(ratios[1]::numeric, 2), round(ratios[3]::numeric, 2),
    round((median * 1e6)::numeric, 1), round((more * 1e6)::numeric, 2))
from row;
