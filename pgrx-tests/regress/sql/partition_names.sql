-- Partitions are made under free names, whatever has the names that they would have.
select eventlog.create_log('public.events', partition_interval => '1 month', require_tenant => false, unregistered => 'allow');
create view public.parts as
select c.relname as name, pg_get_expr(c.relpartbound, c.oid) as bounds
from pg_inherits i join pg_class c on c.oid = i.inhrelid
where i.inhparent = 'public.events'::regclass order by pg_get_expr(c.relpartbound, c.oid), c.relname;

-- Nobody called repair_log for long, so the default partition is full: it becomes the partition of that time.
insert into public.events (type, payload, recorded_at) values ('x', '{}', '2001-05-10');
begin;
alter table public.events detach partition public.events_default;
alter table public.events_default add constraint may
    check (recorded_at >= '2001-05-01+00' and recorded_at < '2001-06-01+00' and recorded_at is not null);
alter table public.events attach partition public.events_default for values from ('2001-05-01+00') to ('2001-06-01+00');
select eventlog.repair_log('events');
commit;
select * from public.parts where bounds = 'DEFAULT' or bounds like '%2001%';
insert into public.events (type, payload, recorded_at) values ('x', '{}', '2001-08-01');
delete from public.events_default_2;
select eventlog.repair_log('events');
-- The same again, with other relations and types in the way.
begin;
alter table public.events detach partition public.events_default_2;
alter table public.events attach partition public.events_default_2 for values from ('2001-08-01+00') to ('2001-09-01+00');
create sequence public.events_default_3;
create type public.events_default_4 as enum ();
create view public.events_default_5 as select;
select eventlog.repair_log('events');
commit;
select * from public.parts where bounds = 'DEFAULT' or bounds like '%2001%';
-- After it got a better name, and after its name went to another period.
alter table public.events_default rename to events_p20010501;
select eventlog.repair_log('events');
select format('alter table public.events_default_2 rename to %I', name) as rename,
    format('alter table public.%I rename to moved', name) as move
from public.parts where name ~ '^events_p' and bounds !~ '2001' limit 1 \gset
\set ECHO none
begin;
:move;
:rename;
\set ECHO all
select eventlog.repair_log('events');
select count(*) from public.parts where bounds = 'DEFAULT';
rollback;

-- A period whose partition lost its place gets another one.
select format('alter table public.events detach partition public.%I', name) as detach
from public.parts where name ~ '^events_p' and bounds !~ '2001' limit 1 \gset
\set ECHO none
:detach;
\set ECHO all
select regexp_replace(repair_log, '\d{8}', 'YYYYMMDD') as repaired from eventlog.repair_log('events');
select eventlog.repair_log('events');
-- Without any default, and with one that somebody made.
alter table public.events detach partition public.events_default_6;
create table public.rest partition of public.events default;
select eventlog.repair_log('events');
alter table public.events detach partition public.rest;
select eventlog.repair_log('events');
select name from public.parts where bounds = 'DEFAULT';
