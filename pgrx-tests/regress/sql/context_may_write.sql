-- may_write is what the policies of a writer ask of each row: true, or an error that says what is wrong, without values.
\set a '\'11111111-1111-4111-8111-111111111111\'::uuid'
\set b '\'22222222-2222-4222-8222-222222222222\'::uuid'
select eventlog.may_write(:a, 'user', 'u-1');
select eventlog.may_write(:a);
begin;
select eventlog.set_context(actor_type => 'user', actor_id => 'u-1');
select eventlog.may_write(:a, 'user', 'u-1');
rollback;
begin;
select eventlog.set_context(:a, 'user', 'u-1');
select eventlog.may_write(:a, 'user', 'u-1'), eventlog.may_write(:a), eventlog.may_write(:a::text, 'user', 'u-1');
savepoint s;
select eventlog.may_write(:b, 'user', 'u-1');
rollback to s;
select eventlog.may_write(null::uuid, 'user', 'u-1');
rollback to s;
select eventlog.may_write(7::bigint, 'user', 'u-1');
rollback to s;
select eventlog.may_write(:b);
rollback to s;
select eventlog.may_write(:a, 'job', 'u-1');
rollback to s;
select eventlog.may_write(:a, null, 'u-1');
rollback to s;
select eventlog.may_write(:a, 'user', 'u-2');
rollback to s;
select eventlog.may_write(:a, 'user', null);
rollback to s;

-- Where no actor is current, none is named.
select eventlog.set_context(:a);
select eventlog.may_write(:a, null, null);
select eventlog.may_write(:a, null, 'u-1');
rollback to s;

-- Tenants are compared as their type.
select eventlog.set_context('ABCDEF00-1111-4111-8111-111111111111');
select eventlog.may_write('abcdef00-1111-4111-8111-111111111111'::uuid);
select eventlog.set_context(' 007');
select eventlog.may_write(7), eventlog.may_write(7::bigint), eventlog.may_write(7::smallint), eventlog.may_write(' 007');
savepoint t;
select eventlog.may_write('7');
rollback to t;
select eventlog.may_write(:a);
rollback to t;
select eventlog.may_write(8);
rollback;

-- Claims will do as well.
begin;
set local request.jwt.claims = '{"sub": "u-1", "app_metadata": {"tenant_id": 7}}';
select eventlog.may_write(7, 'user', 'u-1');
select eventlog.may_write(7, null, null);
rollback;

-- In a policy, for a table with and without actors. Events take what is not given from the context.
select eventlog.create_log('public.events');
select eventlog.register_event_type('paid');
create table public.note (tenant_id uuid default eventlog.current_tenant()::uuid, body text);
alter table public.events enable row level security;
alter table public.note enable row level security;
create policy writer on public.events for insert with check (eventlog.may_write(tenant_id, actor_type, actor_id));
create policy writer on public.note for insert with check (eventlog.may_write(tenant_id));
create role regress_may_write;
grant insert on public.events, public.note to regress_may_write;
select eventlog.grant_context('regress_may_write');
set role regress_may_write;
begin;
select eventlog.set_context(:a, 'user', 'u-1');
select eventlog.log_event('paid') is not null as logged;
select eventlog.log_event('paid', tenant_id => :a, actor_type => 'user', actor_id => 'u-1') is not null as logged;
select count(*) from eventlog.log_events('[{"type": "paid"}, {"type": "paid"}]');
insert into public.events (type, payload) values ('paid', '{}');
insert into public.note (body) values ('mine');
savepoint s;
select eventlog.log_event('paid', tenant_id => :b);
rollback to s;
select eventlog.log_event('paid', actor_id => 'u-2');
rollback to s;
select count(*) from eventlog.log_events('[{"type": "paid"}, {"type": "paid", "actor_type": "admin"}]');
rollback to s;
insert into public.events (type, payload, tenant_id) values ('paid', '{}', :b);
rollback to s;
insert into public.events (type, payload, actor_id) values ('paid', '{}', null);
rollback to s;
insert into public.note values (:b, 'theirs');
rollback to s;
insert into public.note values (null, 'nobody''s');
rollback to s;
commit;
select eventlog.log_event('paid', tenant_id => :a);
insert into public.note values (:a, 'mine');
reset role;
select tenant_id, actor_type, actor_id, count(*) from public.events group by 1, 2, 3;
select * from public.note;
select eventlog.revoke_context('regress_may_write');
drop owned by regress_may_write;
drop role regress_may_write;
