-- The table of docs/explanation/benchmarks.md about consumers.
\pset format unaligned
\pset tuples_only on
\pset footer off

\qecho '| consumers | compared with | ratio | middle half | cost |'
\qecho '|---|---|--:|--:|--:|'

with compared (position, part, variant, base, title, against) as (
    values
    (1, 'drain', 'receive', 'naive', 'an event drained by `receive` and `ack`, 1,000 at a time',
        'a loop that reads above the last `seq` and stores it'),
    (2, 'drain', 'receive', 'pgq', 'an event drained by `receive` and `ack`, 1,000 at a time', 'PgQ, batches of 1,000'),
    (3, 'poll', 'crowded', 'alone', 'a poll of nothing, 200 transactions running', 'none running'),
    (4, 'poll', 'long', 'alone', 'a poll of nothing, 5,000,000 more events in the log', 'a small log'),
    (5, 'poll', 'held', 'alone', 'a poll of nothing, one transaction open all the time', 'none running'),
    (6, 'poll', 'swamped', 'alone', 'a poll of nothing, of a subscription that had 10,000 batches since then',
        'none running'),
    (7, 'written', 'read_by_one', 'unread', '`log_event` into a log with one subscription, all in one transaction',
        'with none, and so without the index'),
    (8, 'written', 'read_by_ten', 'read_by_one', '`log_event` into a log with ten subscriptions', 'with one'),
    (9, 'committed', 'read_by_one', 'unread', '`log_event` into a log with one subscription, a commit for each',
        'with none, and so without the index')
)
select line
from compared c
cross join lateral bench.line(c.part, c.variant, c.base, c.title, c.against) as line
order by c.position;

\qecho
\qecho '| batches of 1,000, received and acked | n | median | 95 % | slowest |'
\qecho '|---|--:|--:|--:|--:|'

with of (position, variant, title) as (
    values
    (1, 'beside', 'beside a transaction that is writing'),
    (2, 'late', 'of that transaction, which committed late'),
    (3, 'behind', 'more than 4,000,000 events behind')
)
select format('| %s | %s | %s ms | %s ms | %s ms |', title, count(*),
    round((percentile_cont(0.5) within group (order by value) * 1000)::numeric, 1),
    round((percentile_cont(0.95) within group (order by value) * 1000)::numeric, 1),
    round((max(value) * 1000)::numeric, 1))
from of
join bench.sample s on (s.part, s.variant) = ('batch', of.variant)
group by position, title
order by position;

\qecho
\qecho '| polls | n | versions of its row written | dead rows at the end | table | a poll |'
\qecho '|---|--:|--:|--:|--:|--:|'

select format('| %s | %s | %s | %s | %s kB | %s µs |', polls, n, written, dead, bytes / 1024,
    round((seconds / n * 1e6)::numeric, 1))
from bench.left
order by position;
