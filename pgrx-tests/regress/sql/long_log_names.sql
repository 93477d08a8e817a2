-- Logs whose names agree in all that their objects' names can hold of them stand beside each other.
select repeat('é', 25) || 'ab' as base \gset
select eventlog.create_log('"public"."' || :'base' || n || '"', partition_interval => p, require_tenant => false, unregistered => 'allow') is not null as made
from (values (1, null), (2, null), (3, interval '1 month'), (4, '1 month')) v (n, p);
select eventlog.log_event(n::text, idempotency_key => 'k', log => ('public."' || :'base' || n || '"')::regclass) is not null
from generate_series(1, 4) n;
select log, state, (select count(*) from pg_inherits where inhparent = log) as partitions from eventlog.logs order by log::text;
create function public.rows_of(r regclass) returns text language plpgsql as $$
declare
    found text;
begin
    execute format('select string_agg(type, '','') from %s', r) into found;
    return found;
end $$;
select public.rows_of(log) as own_events from eventlog.logs order by log::text;
select count(*) as keys, count(distinct octet_length(relname)) > 0 as named, max(octet_length(relname)) <= 63 as fit
from pg_class where relname ~ '_key(_\d)?$' and relkind = 'r';
-- Again there is nothing to do.
select * from eventlog.logs l, eventlog.repair_log(l.log);
select * from eventlog.doctor() where object !~ 'can log in' and finding !~ 'belongs to';
-- The longest names, of one byte and of three.
select eventlog.create_log('public.' || repeat('x', 63)) is not null;
select eventlog.create_log('public."' || repeat('x', 62) || 'y"') is not null;
select eventlog.create_log('public."' || repeat('日', 21) || '"', partition_interval => '1 hour') is not null;
select count(*) from pg_class where relname ~ '^x{50,}' or relname ~ '^日{15,}';
