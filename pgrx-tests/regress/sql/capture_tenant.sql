-- A tenant column says whose an event is; another tenant means that one entity goes and another one comes.
\pset null '<null>'
set client_min_messages = warning;
select from eventlog.create_log('public.events', require_tenant => false);
create view public.seen as select type, entity_id, payload from public.events order by seq;
create table public.teams (id int primary key, team_id uuid, v int);
select from eventlog.track_changes('public.teams', ignore => '{team_id}', tenant_column => 'team_id');
begin;
select from eventlog.set_context('11111111-1111-4111-8111-111111111111');
insert into public.teams values (1, '22222222-2222-4222-8222-222222222222', 1), (2, null, 2);
update public.teams set v = v + 10;
update public.teams set team_id = '33333333-3333-4333-8333-333333333333', v = 100 where id = 1;
update public.teams set team_id = '33333333-3333-4333-8333-333333333333' where id = 2;
update public.teams set team_id = null where id = 2;
delete from public.teams;
commit;
select type, entity_id, tenant_id, payload from public.events order by seq;

-- A log that wants a tenant refuses a row without one, and the statement with it.
select from eventlog.create_log('public.strict');
create table public.owned (id int primary key, team_id uuid, v int);
select from eventlog.track_changes('public.owned', tenant_column => 'team_id', log => 'public.strict');
insert into public.owned values (1, '22222222-2222-4222-8222-222222222222', 1);
insert into public.owned values (2, null, 1);
update public.owned set team_id = null;
select * from public.owned;
select type, tenant_id, payload from public.strict order by seq;

-- Other types on either side.
select from eventlog.create_log('public.by_text', tenant_type => 'text', require_tenant => false);
select from eventlog.create_log('public.by_number', tenant_type => 'bigint', require_tenant => false);
create table public.numbered (id int primary key, team int, slug varchar(9), big bigint);
select from eventlog.track_changes('public.numbered', tenant_column => 'team', log => 'public.by_text');
insert into public.numbered values (1, 7, 'acme', 8);
select type, tenant_id from public.by_text;
select from eventlog.track_changes('public.numbered', tenant_column => 'slug', log => 'public.by_text');
update public.numbered set big = 9;
select from eventlog.track_changes('public.numbered', tenant_column => 'team', log => 'public.by_number');
update public.numbered set big = 10;
select from eventlog.track_changes('public.numbered', tenant_column => 'big', log => 'public.by_number');
update public.numbered set big = 11;
select type, tenant_id, payload from public.by_text union all select type, tenant_id::text, payload from public.by_number;
-- What is no tenant there.
update public.numbered set slug = '';
select from eventlog.track_changes('public.numbered', tenant_column => 'slug', log => 'public.by_text');
insert into public.numbered values (2, 7, '', 8);
