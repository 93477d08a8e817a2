-- A log that is not as create_log made it is written through the executor: its own triggers, defaults, checks and policies
-- hold, and the events are the same.
\pset null '<null>'
set client_min_messages = warning;
select from eventlog.create_log('public.events', require_tenant => false);
create view public.seen as select type, entity_id, payload from public.events order by seq;
create table public.items (id int primary key, v text, status text, at timestamptz, gone bool);
create function public.play() returns void language plpgsql as $$
begin
    delete from public.items;
    perform eventlog.set_context(null, 'user', 'u-1', 'c-1', 'c-2', 'r');
    insert into public.items values (1, 'a', 's', '2024-01-01 00:00+00', false), (2, 'b', null, null, null);
    insert into public.items values (3, 'c', null, null, true);
    update public.items set v = v || '!', status = 't';
    update public.items set v = 'x' where id = 1;
    update public.items set gone = true where id = 2;
    update public.items set id = 30 where id = 3;
    insert into public.items values (1, 'y'), (4, 'z') on conflict (id) do update set v = excluded.v;
    delete from public.items where id = 1;
    delete from public.items where id > 1;
end $$;
select from eventlog.track_changes('public.items', entity_type => 'item', state_column => 'status', deleted_column => 'gone');
begin;
select from public.play();
commit;
create table public.expected as select row_number() over (order by seq) as n, type, entity_type, entity_id, tenant_id, actor_type, actor_id,
    correlation_id, causation_id, version, context, payload from public.events;
select count(*), count(distinct type) from public.expected;

create procedure public.compare(log regclass) language plpgsql as $$
declare
    events int;
    wrong int;
begin
    delete from public.items;
    perform from eventlog.untrack_changes('public.items');
    perform from eventlog.track_changes('public.items', entity_type => 'item', state_column => 'status', deleted_column => 'gone', log => log);
    perform public.play();
    execute format('with got as (select row_number() over (order by seq) as n, type, entity_type, entity_id, tenant_id, actor_type, actor_id,
            correlation_id, causation_id, version, context, payload from %s)
        select (select count(*) from got), (select count(*) from (select * from got except table public.expected) x)', log) into events, wrong;
    raise notice '% events in %, % of them wrong', events, log, wrong;
end $$;
set client_min_messages = notice;
select from eventlog.create_log('public.plain', require_tenant => false);
begin;
call public.compare('public.plain');
commit;
select eventlog._plain_sequence('public.plain') is not null as straight;

select from eventlog.create_log('public.partitioned', partition_interval => '1 day', require_tenant => false);
begin;
call public.compare('public.partitioned');
commit;

select from eventlog.create_log('public.forced', require_tenant => false);
alter table public.forced enable row level security, force row level security;
begin;
call public.compare('public.forced');
commit;

select from eventlog.create_log('public.extra', require_tenant => false);
alter table public.extra add column note text not null default 'extra';
begin;
call public.compare('public.extra');
commit;
select distinct note from public.extra;

select from eventlog.create_log('public.checked', require_tenant => false);
alter table public.checked add constraint no_nonsense check (payload::text not like '%nonsense%');
begin;
call public.compare('public.checked');
commit;
\set VERBOSITY terse
insert into public.items values (9, 'nonsense');
\set VERBOSITY default
select count(*) from public.items;

select from eventlog.create_log('public.triggered', require_tenant => false);
create table public.heard (n int generated always as identity, type text, who name, path text);
create function public.hear() returns trigger language plpgsql as $$
begin
    insert into public.heard (type, who, path) values (new.type, current_user, current_setting('search_path'));
    return null;
end $$;
create trigger hear after insert on public.triggered for each row execute function public.hear();
begin;
call public.compare('public.triggered');
commit;
select count(*), min(path) from public.heard;
-- A trigger that keeps events away does not go unnoticed.
create function public.no() returns trigger language plpgsql as 'begin return null; end';
create trigger a_no before insert on public.triggered for each row execute function public.no();
insert into public.items values (9, 'x');

-- A log that changes while a session knows it.
select from eventlog.track_changes('public.items', entity_type => 'item', log => 'public.plain');
insert into public.items values (8, 'plain');
alter table public.plain add constraint no_nonsense check (payload::text not like '%nonsense%');
\set VERBOSITY terse
insert into public.items values (9, 'nonsense');
\set VERBOSITY default
alter table public.plain drop constraint no_nonsense;
\set VERBOSITY terse
insert into public.items values (9, 'nonsense');
\set VERBOSITY default
alter table public.plain rename to renamed;
update public.items set v = 'sense';
select payload from public.renamed order by seq desc limit 1;
-- One whose taxonomy says more than capture knows: what is captured has no other contract than its own.
select eventlog.register_event_type('item.updated', required => '{why}', version => 1, log => 'public.renamed');
update public.items set v = 'no reason';
drop table public.renamed;
update public.items set v = 'refused';
table public.items;
