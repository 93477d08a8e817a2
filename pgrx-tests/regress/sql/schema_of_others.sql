-- Nothing of another extension's gets into the schema of this one, by whatever command, nor by a superuser's mistake.
create extension citext schema eventlog;
create extension citext;
alter extension citext set schema eventlog;
create function public.f() returns int language sql return 1;
create table public.t (n int);
create type public.kind as enum ('a');
create domain public.d as text;
create collation public.c from "C";
create operator public.=== (function = int4eq, leftarg = int, rightarg = int);
create text search configuration public.ts (copy = pg_catalog.simple);
alter function public.f() set schema eventlog;
alter table public.t set schema eventlog;
alter type public.kind set schema eventlog;
alter domain public.d set schema eventlog;
alter collation public.c set schema eventlog;
alter operator public.=== (int, int) set schema eventlog;
alter text search configuration public.ts set schema eventlog;
create table eventlog.x (n int);
create table eventlog.x as select 1 as n;
create view eventlog.x as select 1 as n;
create sequence eventlog.x;
create function eventlog.x() returns int language sql return 1;
create type eventlog.x as (n int);
create operator eventlog.=== (function = int4eq, leftarg = int, rightarg = int);
create operator class eventlog.x for type int using btree as operator 1 <;
create aggregate eventlog.x (int) (sfunc = int4pl, stype = int);

-- What is the extension's own is a superuser's to look after.
create index on eventlog.admin_log (at);
drop index eventlog.admin_log_at_idx;
alter table eventlog.admin_log disable trigger eventlog_append_only;
alter table eventlog.admin_log enable always trigger eventlog_append_only;
comment on schema eventlog is 'x';

-- What came while nobody looked is told of, and moves.
alter event trigger eventlog_follow_ddl disable;
alter extension citext set schema eventlog;
alter function public.f() set schema eventlog;
alter type public.kind set schema eventlog;
alter domain public.d set schema eventlog;
alter collation public.c set schema eventlog;
alter operator public.=== (int, int) set schema eventlog;
alter text search configuration public.ts set schema eventlog;
create operator class eventlog.x for type int using btree as operator 1 <;
alter event trigger eventlog_follow_ddl enable always;
select severity, object, finding, remedy from eventlog.doctor();
select remedy from eventlog.doctor() \gexec
select * from eventlog.doctor();
