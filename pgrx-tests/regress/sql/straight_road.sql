-- Which events go straight into the log, and which through the executor: it alone calls the default of xid.
set client_min_messages = warning;
set track_functions = 'all';
select eventlog.create_log('public.events', require_tenant => false) \g /dev/null
select eventlog.register_event_type('paid') \g /dev/null
create function public.road() returns text language plpgsql as $$
declare
    before bigint := coalesce(pg_stat_get_xact_function_calls('eventlog.new_xid()'::regprocedure), 0);
begin
    perform eventlog.log_event('paid', entity_id => 'task-' || before, log => 'public.events');
    return case coalesce(pg_stat_get_xact_function_calls('eventlog.new_xid()'::regprocedure), 0) - before
        when 0 then 'straight' else 'executor' end;
end
$$;
create procedure public.try(change text) language plpgsql as $$
begin
    execute change;
    raise exception using errcode = 'P0042', message = public.road();
exception
    when sqlstate 'P0042' then raise info '%: %', sqlerrm, change;
end
$$;
select public.road();
begin;
select public.road(), public.road();
rollback;
set eventlog.straight = off;
select public.road();
reset eventlog.straight;

-- What is no difference.
call public.try('create index on public.events (occurred_at)');
call public.try('create index on public.events using gin (payload)');
call public.try('create index on public.events using brin (recorded_at)');
call public.try('create unique index on public.events (type, source_id)');
call public.try('select eventlog.subscribe(''consumer'', log => ''public.events'')');
call public.try('alter table public.events add constraint once unique (idempotency_key)');
call public.try('alter table public.events alter column actor_type set default ''user''');
call public.try('alter table public.events alter column version set not null');
call public.try('alter table public.events enable row level security');
call public.try('alter table public.events set unlogged');
call public.try('alter table public.events alter column payload set storage external');
call public.try('alter table public.events enable always trigger eventlog_gate');
call public.try('create trigger t before update on public.events for each row execute function eventlog.forbid_change()');
-- What only the executor does.
create function public.pass() returns trigger language plpgsql as 'begin return new; end';
create table public.parent (id text primary key);
insert into public.parent select 'task-' || i from generate_series(0, 9) i;
create table public.noted (n int);
create access method other type table handler heap_tableam_handler;
create operator class public.text_ops for type text using btree as
    operator 1 <, operator 2 <=, operator 3 =, operator 4 >=, operator 5 >, function 1 bttextcmp(text, text);
call public.try('alter table public.events add column extra int');
call public.try('alter table public.events add column extra int default 7');
call public.try('alter table public.events add column extra int generated always as (version + 1) stored');
call public.try('alter table public.events add column extra int generated always as identity');
call public.try('alter table public.events alter column origin set default 0');
call public.try('alter table public.events add check (version > 0)');
call public.try('alter table public.events add foreign key (entity_id) references public.parent');
call public.try('alter table public.events add constraint once unique (source_id) deferrable');
call public.try('alter table public.events add constraint once exclude (source_id with =)');
call public.try('create index on public.events (lower(type))');
call public.try('create index on public.events (type) where version = 1');
call public.try('create index on public.events (type public.text_ops)');
call public.try('create trigger t before insert on public.events for each row execute function public.pass()');
call public.try('create trigger t after insert on public.events for each row execute function public.pass()');
call public.try('create trigger t before insert on public.events execute function public.pass()');
call public.try('create trigger t after insert on public.events referencing new table as added execute function public.pass()');
call public.try('create rule r as on insert to public.events do also insert into public.noted values (1)');
call public.try('alter table public.events set access method other');
-- A partitioned log, and one that Citus distributes.
select eventlog.create_log('public.months', partition_interval => '1 month') \g /dev/null
select eventlog._plain_sequence('public.events') is not null as plain, eventlog._plain_sequence('public.months') is not null as months;
set allow_system_table_mods = on;
create table pg_catalog.pg_dist_partition (logicalrelid regclass);
select eventlog._plain_sequence('public.events') is not null as knows_citus;
insert into pg_catalog.pg_dist_partition values ('public.events');
select eventlog._plain_sequence('public.events') is not null as distributed;
drop table pg_catalog.pg_dist_partition;
reset allow_system_table_mods;

-- Policies: whose they are is found as Postgres finds it, and what they call is known.
create role straight_writer;
create role straight_member in role straight_writer;
grant insert on public.events to straight_writer;
alter table public.events enable row level security;
create function public.is_short(t text) returns boolean language plpgsql stable as 'begin return length(t) < 99; end';
create function public.is_plain(t text) returns boolean language sql immutable as 'select length(t) < 99';
create function public.as_member(checked text) returns void language plpgsql as $$
begin
    execute format('create policy p on public.events for insert to straight_writer with check (%s)', checked);
    set local role straight_member;
    raise exception using errcode = 'P0042', message = public.road();
exception
    when sqlstate 'P0042' then raise info '%: %', sqlerrm, checked;
    when others then raise info '% (%): %', sqlerrm, sqlstate, checked;
end
$$;
\set QUIET on
select public.as_member('true') \g /dev/null
select public.as_member('false') \g /dev/null
select public.as_member('tenant_id is null and type = any (array[''paid'', ''placed''])') \g /dev/null
select public.as_member('entity_id like ''task%'' or current_user = ''straight_writer''') \g /dev/null
select public.as_member('coalesce(entity_id, '''') <> case when version = 1 then '''' else ''x'' end') \g /dev/null
select public.as_member('eventlog.current_tenant() is null') \g /dev/null
select public.as_member('eventlog.may_write(tenant_id, actor_type, actor_id)') \g /dev/null
select public.as_member('1 / (version - 1) > 0') \g /dev/null
select public.as_member('(select true)') \g /dev/null
select public.as_member('not exists (select from public.events)') \g /dev/null
select public.as_member('public.is_short(type)') \g /dev/null
select public.as_member('public.is_plain(type)') \g /dev/null
select public.as_member('occurred_at < now() + interval ''1 day''') \g /dev/null
select public.as_member('random() < 2') \g /dev/null
select public.as_member('pg_has_role(''straight_writer'', ''member'')') \g /dev/null
select public.as_member('events is not null or true') \g /dev/null
drop owned by straight_writer, straight_member;
drop role straight_writer, straight_member;
