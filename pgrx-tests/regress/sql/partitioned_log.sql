-- A partitioned log has partitions for now, some ahead and a default one, with gate, guards and defaults on each.
select eventlog.create_log('public.events', partition_interval => '1 day', require_tenant => false, unregistered => 'allow');
create view public.partition as
select t.relid, row_number() over (order by pg_get_expr(c.relpartbound, c.oid) = 'DEFAULT', c.relname) as place
from pg_partition_tree('public.events') t join pg_class c on c.oid = t.relid
where t.level = 1;
select p.place, regexp_replace(p.relid::text, '\d{8}$', 'YYYYMMDD') as name,
    p.relid::text = 'events_p' || to_char((now() at time zone 'UTC')::date + p.place::int - 1, 'YYYYMMDD') as of_its_day,
    regexp_replace(obj_description(p.relid, 'pg_class'), '\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\+\d\d', 'TIME', 'g') as comment
from public.partition p order by 1;
select g.tgname, g.tgenabled, count(*) as partitions
from public.partition p join pg_trigger g on g.tgrelid = p.relid group by 1, 2 order by 1;
select count(*) as partitions_without_a_default
from public.partition p
where (select count(*) from pg_attrdef d where d.adrelid = p.relid)
    < (select count(*) from pg_attrdef d where d.adrelid = 'public.events'::regclass);

-- No event is refused for lack of a partition.
select eventlog.log_event('x', occurred_at => '1999-01-01') is not null;
insert into public.events (type, payload, recorded_at) values ('x', '{}', '1999-01-01'), ('x', '{}', '2999-01-01');
select p.place, count(*) from public.events e join public.partition p on p.relid = e.tableoid group by 1 order by 1;

-- The gate on each of them, and on those that come by hand.
insert into public.events_default (type, payload, recorded_at) values ('x', '[]', '1999-01-01');
create table public.old partition of public.events for values from ('1990-01-01') to ('1991-01-01');
insert into public.old (type, payload, recorded_at) values ('x', '[]', '1990-05-01');
insert into public.old (type, payload, recorded_at) values ('x', '{"a": 1}', '1990-05-01');
truncate public.old;
create table public.older (like public.events including all);
insert into public.older (type, payload, recorded_at) values ('x', '{}', '1980-05-01');
alter table public.events attach partition public.older for values from ('1980-01-01') to ('1981-01-01');
insert into public.older (type, payload, recorded_at) values ('x', '[]', '1980-05-02');
insert into public.older (type, payload, recorded_at) values ('x', '{}', '1980-05-02');
delete from public.older;
truncate public.older;
alter table public.events detach partition public.older;
delete from public.older;

-- Idempotency keys hold across partitions.
select eventlog.log_event('x', idempotency_key => 'k') as first \gset
insert into public.events (type, payload, recorded_at, idempotency_key) values ('x', '{}', '1999-01-01', 'k');
select eventlog.log_event('x', idempotency_key => 'k') = :'first' as same;

-- By month, week and hour.
select eventlog.create_log('public.monthly', partition_interval => '1 month');
select eventlog.create_log('public.weekly', partition_interval => '1 week');
select eventlog.create_log('public.hourly', partition_interval => '6 hours');
select t.parentrelid, count(*), min(length(t.relid::text)), max(length(t.relid::text))
from eventlog.log l, pg_partition_tree(l.relation) t
where t.level = 1 and t.relid::text like t.parentrelid::text || '\_p%'
group by 1 order by t.parentrelid::text;
