-- Append-only tables: each finding, its remedy, and what is left after it.
create role regress_dg_owner;
grant create on schema public to regress_dg_owner;
\set found 'select severity, object, finding, remedy from eventlog.doctor()'
\set remedies 'select remedy from eventlog.doctor()'
set role regress_dg_owner;
select eventlog.create_log('public.events', unregistered => 'allow', require_tenant => false);
select eventlog.create_log('public.parted', unregistered => 'allow', require_tenant => false, partition_interval => '1 month');
create table public.facts (n int primary key, other int);
select eventlog.make_append_only('public.facts');
create table public.years (y int) partition by range (y);
create table public.years_1 partition of public.years for values from (1) to (2) partition by range (y);
create table public.years_1_1 partition of public.years_1 default;
select eventlog.make_append_only('public.years');
:found;

-- guards of a log, of a partition, of keys
drop trigger eventlog_append_only_row on public.events;
alter table public.events enable trigger eventlog_append_only;
alter table public.events_key disable trigger eventlog_append_only_row;
alter table only public.parted_default disable trigger user;
drop trigger eventlog_append_only on public.parted;
:found;
:remedies \gexec
:found;
delete from public.events_key;

-- guards of other tables
alter table public.facts disable trigger eventlog_append_only_row;
drop trigger eventlog_append_only_leaf_row on public.years_1_1;
alter table public.years_1 enable replica trigger eventlog_append_only_leaf;
:found;
:remedies \gexec
:found;
-- replaced by something that guards nothing
create or replace trigger eventlog_append_only_row before update or delete on public.facts for each row when (false)
    execute function eventlog.forbid_change();
create or replace trigger eventlog_append_only before update of other on public.facts for each statement
    execute function eventlog.forbid_change();
:found;
:remedies \gexec
:found;
-- all of them gone: only the record knows, for who may read it
drop trigger eventlog_append_only_row on public.facts;
drop trigger eventlog_append_only on public.facts;
:found;
reset role;
:found;
:remedies \gexec
:found;
delete from public.facts;
select eventlog.release_append_only('public.facts');
:found;
set role regress_dg_owner;

-- A partition that is detached keeps its guards and is a table of its own; one that comes is guarded.
alter table public.years detach partition public.years_1;
:found;
delete from public.years_1_1;

-- around the guards
create table public.child () inherits (public.events);
create rule quiet as on update to public.events do instead nothing;
create table public.customers (n int primary key);
alter table public.events add column customer int, add constraint "of whom" foreign key (customer) references public.customers
    on update cascade on delete set null (customer) deferrable initially deferred;
alter table public.parted add column customer int references public.customers on delete cascade;
:found;
:remedies \gexec
:found;
\d public.events
select conname, pg_get_constraintdef(oid) from pg_constraint where conrelid in ('public.parted'::regclass, 'public.parted_default'::regclass) and contype = 'f';
reset role;
drop owned by regress_dg_owner cascade;
drop role regress_dg_owner;
