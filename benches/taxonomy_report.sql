-- The table of docs/explanation/benchmarks.md about large taxonomies.
\pset format unaligned
\pset tuples_only on
\pset footer off

\qecho '| 300 types, each with a schema of 10 properties | time | memory of the session |'
\qecho '|---|--:|--:|'

with row as (
    select t.what, percentile_cont(0.5) within group (order by t.seconds) as seconds,
        percentile_cont(0.5) within group (order by t.bytes) as bytes
    from bench.large t
    group by t.what
)
select format('| %s | %s ms | %s |', w.title, round((r.seconds * 1e3)::numeric, 1),
    coalesce(round((r.bytes / 1e6)::numeric, 1) || ' MB', ''))
from (values
    (1, 'import', 'importing them into a new log'),
    (2, 'again', 'importing them again, with nothing to change'),
    (3, 'first', 'the first event that is validated in a session'),
    (4, 'others', 'the first events of the other 299 types')
) w (place, what, title)
join row r using (what)
order by w.place;
