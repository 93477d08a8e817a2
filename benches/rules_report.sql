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
)
select line
from compared c
cross join lateral bench.line(c.part, c.variant, c.base, c.title, c.against) as line
order by c.position;
