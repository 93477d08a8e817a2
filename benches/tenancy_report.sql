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
)
select line
from compared c
cross join lateral bench.line(c.part, c.variant, c.base, c.title, c.against) as line
order by c.position;
