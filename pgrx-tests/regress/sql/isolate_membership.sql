-- A user may belong to several tenants: a table of members says to which.
create role regress_im_app;
grant execute on function eventlog.set_context(eventlog.ident, text, eventlog.ident, eventlog.ident, eventlog.ident, text, jsonb)
    to regress_im_app;
create schema app;
create table app.members (user_id bigint, "Team" text, primary key (user_id, "Team"));
insert into app.members values (1, 'a'), (1, 'b'), (2, 'c');
create table public.notes (id int, team text, body text);
insert into public.notes values (1, 'a', ''), (2, 'b', ''), (3, 'c', '');
grant select, insert, update, delete on public.notes to regress_im_app;
set search_path = app;
select eventlog.isolate_tenants('public.notes', 'team', membership => 'Members(user_id, "Team")');
reset search_path;
select polname, polcmd, pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid) from pg_policy order by 1;

-- Whoever reads must be allowed to read who is a member.
begin;
set local role regress_im_app;
select eventlog.set_context(actor_id => 1);
select id from public.notes order by id;
rollback;
grant usage on schema app to regress_im_app;
grant select on app.members to regress_im_app;
begin;
set local role regress_im_app;
select id from public.notes order by id;
select eventlog.set_context(actor_id => 1);
select id from public.notes order by id;
insert into public.notes values (4, 'b', '') returning id;
update public.notes set team = 'b' where id = 1 returning id;
savepoint s;
insert into public.notes values (5, 'c', '');
rollback to s;
update public.notes set team = 'c';
rollback to s;
-- the current tenant, where there is one, is the one that is written to
select eventlog.set_context(tenant_id => 'a', actor_id => 1);
select id from public.notes order by id;
insert into public.notes values (6, 'a', '') returning id;
savepoint s;
insert into public.notes values (7, 'b', '');
rollback to s;
-- and the user must be a member of it
select eventlog.set_context(tenant_id => 'c', actor_id => 1);
insert into public.notes values (8, 'c', '');
rollback to s;
select eventlog.set_context(actor_id => 'one');
select id from public.notes;
rollback;

-- Logs, where events are in the current actor's name as well.
select eventlog.create_log('public.events', tenant_type => 'text', unregistered => 'allow');
select eventlog.isolate_tenants('public.events', membership => 'app.members(user_id, "Team")');
select eventlog.grant_writer('public.events', 'regress_im_app');
select eventlog.grant_reader('public.events', 'regress_im_app');
select polname, pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid) from pg_policy
where polrelid in ('public.events'::regclass, 'public.events_key'::regclass) and polname in ('eventlog_read', 'eventlog_write')
order by polrelid, 1;
begin;
set local role regress_im_app;
select eventlog.set_context(actor_type => 'user', actor_id => 1);
select eventlog.log_event('t', tenant_id => 'a', idempotency_key => 'k') = eventlog.log_event('t', tenant_id => 'a', idempotency_key => 'k');
select count(eventlog.log_event('t', tenant_id => 'b', idempotency_key => 'k'));
savepoint s;
select eventlog.log_event('t', tenant_id => 'c');
rollback to s;
select eventlog.log_event('t', tenant_id => 'c', idempotency_key => 'k');
rollback to s;
select eventlog.log_event('t', tenant_id => 'a', actor_id => 2);
rollback to s;
select eventlog.log_event('t', tenant_id => 'a', actor_type => 'job');
rollback to s;
select eventlog.set_context('b', 'user', 1);
select count(eventlog.log_event('t'));
savepoint s;
select eventlog.log_event('t', tenant_id => 'a');
rollback to s;
select tenant_id, actor_id from public.events order by seq;
rollback;

-- Back to one tenant.
select eventlog.isolate_tenants('public.notes', 'team');
select pg_get_expr(polqual, polrelid) from pg_policy where polrelid = 'public.notes'::regclass and polname = 'eventlog_read';
-- The log finds its members by name when it needs them again.
alter table app.members rename to people;
create role regress_im_late;
select eventlog.grant_reader('public.events', 'regress_im_late');
select eventlog.isolate_tenants('public.events', membership => 'app.people(user_id, "Team")');
select eventlog.grant_reader('public.events', 'regress_im_late');
drop owned by regress_im_app, regress_im_late;
drop role regress_im_app, regress_im_late;
