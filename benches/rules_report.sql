-- The table of docs/explanation/benchmarks.md about rules.
\pset format unaligned
\pset tuples_only on
\pset footer off

\qecho '| rules | compared with | ratio | middle half | cost |'
\qecho '|---|---|--:|--:|--:|'

with compared (position, part, variant, base, title, against) as (
    values
    (1, 'rules', 'rule_check', 'rule_constraint', 'a row of an `INSERT` under a check rule',
        'with `jsonb_path_match` in a CHECK constraint'),
    (2, 'rules', 'rule_check', 'rule_none', 'a row of an `INSERT` under a check rule', 'without one'),
    (3, 'rules', 'rule_constraint', 'rule_none', 'with `jsonb_path_match` in a CHECK constraint', 'without one'),
    (4, 'steps', 'step_rule', 'step_trigger', '`log_event` under a transition rule',
        'with a PL/pgSQL trigger that holds and moves the state'),
    (5, 'steps', 'step_rule', 'step_none', '`log_event` under a transition rule', 'without one'),
    (6, 'steps', 'step_trigger', 'step_none', 'with a PL/pgSQL trigger that holds and moves the state', 'without one')
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
