-- Partitions begin and end at midnight UTC, whatever zone and form of dates the session has.
create view public.bounds as
select c.relname !~ 'default' as dated,
    regexp_replace(pg_get_expr(c.relpartbound, c.oid), '\d{4}-\d\d-\d\d', 'DATE', 'g') as bound, count(*),
    bool_and(c.relname ~ '_default$' or to_char((regexp_match(pg_get_expr(c.relpartbound, c.oid), '\d{4}-\d\d-\d\d'))[1]::date, 'YYYYMMDD')
        = right(c.relname, 8)) as named_after_it
from pg_class c join pg_inherits i on i.inhrelid = c.oid
where c.relispartition and c.relkind = 'r'
group by 1, 2 order by 1 desc, 2;

set datestyle = 'SQL, DMY';
set timezone = 'Asia/Kolkata';
select eventlog.create_log('public.kolkata', partition_interval => '1 day');
set timezone = 'America/St_Johns';
set datestyle = 'German, MDY';
select eventlog.create_log('public.st_johns', partition_interval => '1 week');
set timezone = 'Pacific/Kiritimati';
set datestyle = 'Postgres, DMY';
select eventlog.create_log('public.kiritimati', partition_interval => '1 month');
-- What is put back fits what is there.
select inhrelid::regclass as gone from pg_inherits where inhparent = 'public.kolkata'::regclass and inhrelid::regclass::text !~ 'default'
order by inhrelid::regclass::text limit 1 \gset
alter table public.kolkata detach partition :gone;
alter table :gone rename to gone;
set datestyle = 'ISO, YMD';
set timezone = 'Africa/Monrovia';
select count(*) from eventlog.repair_log('kolkata');
show timezone;
show datestyle;
set timezone = 'UTC';
set datestyle = 'ISO';
select * from public.bounds;
