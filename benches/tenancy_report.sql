-- The table of docs/explanation/benchmarks.md about tenants.
\pset format unaligned
\pset tuples_only on
\pset footer off

\qecho '| tenants | compared with | ratio | middle half | cost |'
\qecho '|---|---|--:|--:|--:|'

with compared (position, part, variant, base, title, against) as (
    values
    (1, 'tenancy count', 'policy', 'by_hand', 'count of a tenant''s events under the policies', 'the tenant written by hand'),
    (2, 'tenancy count', 'by_text', 'by_hand', 'a policy that compares each row''s tenant as text', 'the tenant written by hand'),
    (3, 'tenancy count', 'by_function', 'by_hand', 'a policy that calls a PL/pgSQL function for each row',
        'the tenant written by hand'),
    (4, 'tenancy insert', 'bench_writer', 'bench_owner', '`INSERT` as a writer, a statement for each', 'as the owner'),
    (5, 'tenancy log_event', 'bench_writer', 'bench_owner', '`log_event` as a writer', 'as the owner'),
    (6, 'tenancy rows', 'bench_writer', 'bench_owner', '`INSERT` as a writer, all rows in a statement', 'as the owner')
),
row as (
    select c.position, c.title, c.against,
        percentile_cont(array[0.25, 0.5, 0.75]) within group (order by v.value / nullif(b.value, 0)) as ratios,
        percentile_cont(0.5) within group (order by v.value) as median
    from compared c
    join bench.sample v on (v.part, v.variant) = (c.part, c.variant)
    join bench.sample b on (b.part, b.variant, b.round) = (c.part, c.base, v.round)
    group by 1, 2, 3
)
select format('| %s | %s | %s | %s–%s | %s µs |', title, against, round(ratios[2]::numeric, 2),
    round(ratios[1]::numeric, 2), round(ratios[3]::numeric, 2), round((median * 1e6)::numeric, 1))
from row
order by position;
