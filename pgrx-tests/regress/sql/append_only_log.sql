-- Nobody changes what a log holds: not its owner, not a superuser, not by any statement, not even without a row.
select eventlog.create_log('public.events', require_tenant => false, unregistered => 'allow');
select eventlog.log_event('x', '{"a": 1}') is not null;
update public.events set payload = '{}';
update public.events set payload = '{}' where false;
update only public.events set seq = seq;
delete from public.events;
delete from public.events where false;
truncate public.events;
truncate only public.events;
truncate public.events, public.events_key restart identity cascade;
insert into public.events (id, type, payload) select id, 'y', '{}' from public.events
on conflict (id) do update set type = 'y';
insert into public.events (type, payload) values ('y', '{}') on conflict (id) do update set type = 'y';
merge into public.events e using (values (1)) v on true when matched then update set type = 'y';
merge into public.events e using (values (1)) v on true when matched then delete;
merge into public.events e using (values (1)) v on false when matched then delete when not matched then do nothing;
with changed as (update public.events set type = 'y' returning *) select * from changed;
with gone as (delete from public.events returning *) select * from gone;

-- Through a cursor, a view, a rule, a foreign key.
begin;
declare c cursor for select * from public.events for update;
fetch c \gset fetched_
update public.events set type = 'y' where current of c;
rollback;
begin;
declare c cursor for select * from public.events for update;
fetch c \gset fetched_
delete from public.events where current of c;
rollback;
create view public.plain as select * from public.events;
update public.plain set type = 'y';
delete from public.plain where type = 'none';
create table public.door (n int);
create rule door as on insert to public.door do instead update public.events set type = 'y';
insert into public.door values (1);
create table public.tenant (id uuid primary key);
insert into public.tenant values ('11111111-1111-4111-8111-111111111111');
alter table public.events add foreign key (tenant_id) references public.tenant on delete cascade on update cascade;
select eventlog.log_event('x', tenant_id => '11111111-1111-4111-8111-111111111111') is not null;
delete from public.tenant;
update public.tenant set id = '22222222-2222-4222-8222-222222222222';
alter table public.events drop constraint events_tenant_id_fkey;
alter table public.events add foreign key (tenant_id) references public.tenant on delete set null;
delete from public.tenant;

-- As a replica, where ordinary triggers do not fire.
set session_replication_role = replica;
update public.events set type = 'y';
update public.events set type = 'y' where false;
delete from public.events;
delete from public.events where false;
truncate public.events;
set session_replication_role = local;
delete from public.events where false;
reset session_replication_role;

-- Below row-level security that hides every row.
alter table public.events enable row level security;
create role regress_append_only_writer;
grant all on public.events to regress_append_only_writer;
set role regress_append_only_writer;
select count(*) from public.events;
update public.events set type = 'y';
delete from public.events;
truncate public.events;
reset role;
revoke all on public.events from regress_append_only_writer;
drop role regress_append_only_writer;
alter table public.events disable row level security;

-- Inside a function and as the statement of a trigger.
do $$ begin delete from public.events; exception when insufficient_privilege then raise notice 'refused: %', sqlerrm; end $$;
alter table public.events rename to journal;
delete from public.journal where false;
select type, payload from public.journal order by seq;
