-- Computed columns. Postgres does not show them to triggers where a row comes into a partition whose columns stand
-- otherwise: they are null in what was created, and do not disturb the order of what follows.
\pset null '<null>'
set client_min_messages = warning;
select from eventlog.create_log('public.events', require_tenant => false);
create table public.t (id int primary key, v int, twice int generated always as (v * 2) stored) partition by range (id);
create table public.t_1 partition of public.t for values from (0) to (10);
create table public.t_2 (twice int generated always as (v * 2) stored, v int, id int not null);
alter table public.t attach partition public.t_2 for values from (10) to (20);
create table public.plain (hidden int, id int primary key, v int, twice int generated always as (v + hidden) stored);
create function public.after_insert() returns trigger language plpgsql as $$
begin
    execute format('update public.%I set v = v + 1 where id = $1', tg_argv[0]) using new.id;
    return null;
end $$;
create trigger a after insert on public.t for each row execute function public.after_insert('t');
create trigger a after insert on public.plain for each row execute function public.after_insert('plain');
select from eventlog.track_changes('public.t');
select from eventlog.track_changes('public.plain', ignore => '{hidden, v}');
insert into public.t values (1, 1), (11, 1);
insert into public.plain values (7, 1, 1);
select type, entity_id, payload from public.events order by seq;
table public.t;
table public.plain;
