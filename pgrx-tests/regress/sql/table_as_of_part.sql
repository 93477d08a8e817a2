-- The past of one tenant's rows, or of given ones.
select eventlog.create_log('public.events', tenant_type => 'text', unregistered => 'allow');
create table public.t (team text, id int, v text, primary key (team, id));
select eventlog.track_changes('public.t', tenant_column => 'team');
insert into public.t values ('a', 1, 'old'), ('a', 2, 'old'), ('a', 3, 'old'), ('b', 1, 'old'), ('b', 4, 'old');
select clock_timestamp() as before, pg_sleep(0.002) \gset
update public.t set v = 'new' where id = 1;
delete from public.t where id = 2;
update public.t set team = 'b' where id = 3;
insert into public.t values ('a', 9, 'new');
select * from eventlog.table_as_of(null::public.t, :'before') order by 1, 2;
select * from eventlog.table_as_of(null::public.t, :'before', 'a') order by 1, 2;
select * from eventlog.table_as_of(null::public.t, :'before', tenant_id => 'b') order by 1, 2;
select * from eventlog.table_as_of(null::public.t, :'before', tenant_id => 'nobody');
-- Ids are written as in an event; JSON may be spelled in any way.
select * from eventlog.table_as_of(null::public.t, :'before', entity_ids => '{"[\"a\",1]","[ \"a\", 2 ]","[\"b\", 4]","[\"b\", 5]",x,NULL,7,"[1]"}')
order by 1, 2;
select * from eventlog.table_as_of(null::public.t, :'before', 'b', '{"[\"a\", 1]","[\"b\", 1]","[\"b\", 1]"}');
select * from eventlog.table_as_of(null::public.t, :'before', entity_ids => '{}');

-- An event counts for a row of its own tenant.
create table public.u (id int primary key, team text, v text);
select eventlog.track_changes('public.u', tenant_column => 'team');
insert into public.u values (1, 'a', 'old'), (2, 'a', 'old');
select clock_timestamp() as before, pg_sleep(0.002) \gset
update public.u set team = 'b', v = 'new' where id = 1;
update public.u set team = 'a', v = 'newer' where id = 1;
\o /dev/null
select eventlog.log_event('u.updated', '{"changes": {"v": {"old": "forged", "new": ""}}}', tenant_id => 'c', entity_type => 'u', entity_id => 2);
select eventlog.log_event('u.created', '{"initial_values": {}}', tenant_id => 'd', entity_type => 'u', entity_id => 2);
\o
select * from eventlog.table_as_of(null::public.u, :'before') order by 1;
select * from eventlog.table_as_of(null::public.u, :'before', 'a', '{2}');
select * from eventlog.table_as_of(null::public.u, :'before', 'b');

-- From another column on, the tenants of the time before are not to be told, the rows are.
alter table public.u add column owner text default 'o';
select eventlog.track_changes('public.u', tenant_column => 'owner');
update public.u set v = 'last';
select id, team, v from eventlog.table_as_of(null::public.u, :'before') order by 1;
select * from eventlog.table_as_of(null::public.u, :'before', 'a');
select id, v from eventlog.table_as_of(null::public.u, clock_timestamp(), 'o') order by 1;
select eventlog.track_changes('public.u');
select * from eventlog.table_as_of(null::public.u, clock_timestamp(), 'o');

-- Tenants that a column tells in another type than the log's.
select eventlog.create_log('public.by_uuid', tenant_type => 'uuid');
select eventlog.create_log('public.by_number', tenant_type => 'bigint');
create table public.w (id int primary key, team text, v int);
create table public.x (id int primary key, team smallint, v int);
insert into public.w values (0, 'never a uuid', 1);
select eventlog.track_changes('public.w', tenant_column => 'team', log => 'by_uuid');
select eventlog.track_changes('public.x', tenant_column => 'team', log => 'by_number');
insert into public.w values (1, '33333333-3333-4333-8333-AAAAAAAAAAAA', 1);
insert into public.x values (1, 7, 1), (2, 8, 1);
select clock_timestamp() as before, pg_sleep(0.002) \gset
update public.w set v = 2 where id = 1;
update public.x set v = 2;
select * from eventlog.table_as_of(null::public.w, :'before') order by 1;
select * from eventlog.table_as_of(null::public.w, :'before', '33333333-3333-4333-8333-aaaaaaaaaaaa');
select * from eventlog.table_as_of(null::public.x, :'before', 7);
select * from eventlog.table_as_of(null::public.w, :'before', 'a');
select * from eventlog.table_as_of(null::public.x, :'before', 'a');

-- What was written before the tracking began is none of its table's past.
select eventlog.create_log('public.free', tenant_type => 'text', require_tenant => false, unregistered => 'allow');
select eventlog.log_event('y.deleted', '{"final_values": {"v": 1}}', entity_type => 'y', entity_id => 5, log => 'free') is not null as written;
create table public.y (id int primary key, v int);
select eventlog.track_changes('public.y', log => 'free');
select y.* from eventlog.tracked_tables t, eventlog.table_as_of(null::public.y, t.tracked_since) y where t.relation = 'public.y'::regclass;
select type, state from eventlog.entity_history('y', 5, log => 'free');
