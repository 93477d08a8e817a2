-- Schemas that are renamed, or change places under one session: an event goes to the log that the name means now.
create schema blue;
create schema green;
select eventlog.create_log('blue.events', require_tenant => false, unregistered => 'allow');
select eventlog.create_log('green.events', require_tenant => false, unregistered => 'allow');
select 'blue.events'::regclass::oid as blue, 'green.events'::regclass::oid as green \gset
prepare by_oid(oid, text) as select eventlog.log_event($2, log => $1, idempotency_key => $2) is not null as written;
execute by_oid(:blue, 'to blue');
execute by_oid(:green, 'to green');
select eventlog.log_event('to the default') is not null;
create function public.write(type text) returns boolean language plpgsql as $$
begin
    return (select count(*) = 1 from eventlog.log_events(jsonb_build_array(jsonb_build_object('type', type, 'idempotency_key', type))));
end $$;
select public.write('by batch to the default');

alter schema blue rename to old;
select eventlog.log_event('to blue in old') is not null;
execute by_oid(:blue, 'to blue in old, by oid');
alter schema green rename to blue;
alter schema old rename to green;
execute by_oid(:blue, 'to blue, now called green');
execute by_oid(:green, 'to green, now called blue');
select eventlog.log_event('to the default, called green') is not null;
select public.write('by batch to the default, called green');
select eventlog.log_event('to what is called blue', log => 'blue.events') is not null;
insert into blue.events (type, payload, idempotency_key) values ('inserted into what is called blue', '{}', 'inserted');
set eventlog.default_log = 'blue.events';
select eventlog.log_event('to blue by the setting') is not null;
alter schema blue rename to old;
alter schema green rename to blue;
select eventlog.log_event('to blue by the setting, the first one') is not null;
reset eventlog.default_log;
-- A message names it as it is called now.
execute by_oid(:green, repeat('x', 600));

select 'first' as log, type from (select type from blue.events order by seq) e
union all select 'second', type from (select type from old.events order by seq) e;
select 'first' as keys, key from blue.events_key union all select 'second', key from old.events_key order by 1, 2;

-- Tables that change places, and back.
select eventlog.create_log('public.a', require_tenant => false, unregistered => 'allow');
select eventlog.create_log('public.b', require_tenant => false, unregistered => 'allow');
select 'public.a'::regclass::oid as a, 'public.b'::regclass::oid as b \gset
create function public.write_to_a() returns boolean language plpgsql as $$
begin
    return eventlog.log_event('to a', log => 'public.a') is not null;
end $$;
select eventlog.log_event('to a', log => 'public.a') is not null, public.write_to_a();
begin;
alter table public.a rename to c;
alter table public.b rename to a;
alter table public.c rename to b;
select eventlog.log_event('swapped', log => 'public.a') is not null;
execute by_oid(:b, 'swapped, by oid');
insert into public.a (type, payload) values ('swapped, by insert', '{}');
select type from public.a order by seq;
rollback;
select eventlog.log_event('swapped back', log => 'public.a') is not null, public.write_to_a();
execute by_oid(:b, 'swapped back, by oid');
select tableoid::regclass as log, type from (select tableoid, seq, type from public.a union all select tableoid, seq, type from public.b) e order by 1, seq;
