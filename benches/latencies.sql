-- Takes in from its standard input what pgbench has logged of a run whose calls went by turns, and makes one sample of
-- each way, in the order of the variable "ways", for the part of that name. The slowest fifth of each is left out, since those are the calls
-- during which the machine did something else; microseconds are all that pgbench tells, so it is the mean of the
-- others and not their median.
create temporary table latency (client int, call int, microseconds float8, way int, epoch bigint, fraction int);
\copy latency from pstdin delimiter ' '
insert into bench.sample (part, variant, round, value)
select :'part', (:'ways'::text[])[way + 1], :round, avg(microseconds) / 1e6
from (select *, percent_rank() over (partition by way order by microseconds, call) as rank from latency) l
where rank <= 0.8
group by way;
