-- A column of a tracked table is renamed by whatever command Postgres takes for it.
select eventlog.create_log('public.events', tenant_type => 'text', require_tenant => false);
create table public.t (id int primary key, a text, b text, c text, d text, e text) partition by hash (id);
create table public.t_0 partition of public.t for values with (modulus 1, remainder 0);
select eventlog.track_changes('public.t', fields => '{a,b,c,d,e}');
insert into public.t values (1, 'a', 'b', 'c', 'd', 'e');
select clock_timestamp() as before, pg_sleep(0.002) \gset
update public.t set a = 'new', b = 'new', c = 'new', d = 'new', e = 'new';
alter table public.t rename column a to a1;
alter view public.t rename column b to b1;
alter foreign table public.t rename column c to c1;
alter materialized view public.t rename column d to d1;
alter view if exists public.t rename a1 to a2;
select action, column_name, new_name from eventlog.column_change order by id;
select * from eventlog.table_as_of(null::public.t, :'before');
create table public.s (id int primary key, e text);
select eventlog.track_changes('public.s', fields => '{e}');
alter type public.s rename attribute e to e1;
select relation, fields from eventlog.tracked_tables;
-- Other forms of these commands are refused.
alter view public.t add column f int;
alter view public.t alter column a2 type int using 1;
alter foreign table public.t add column f int;
alter materialized view public.t alter column a2 type int using 1;
alter type public.t add attribute f int;
alter type public.t alter attribute a2 type int;
alter index public.t alter column a2 type int using 1;
alter sequence public.t alter column a2 type int using 1;
select count(*) from eventlog.column_change;
-- A view or type of its own is none of its business.
create view public.v as select 1 as a2;
alter view public.v rename column a2 to x;
create type public.own as (a2 int);
alter type public.own rename attribute a2 to x;
select count(*) from eventlog.column_change;
