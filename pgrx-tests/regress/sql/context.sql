-- set_context says for one transaction who acts, for which tenant, in which conversation and why.
\pset null '<null>'
create view public.now as
select eventlog.current_tenant() as tenant, eventlog.current_actor_type() as actor_type, eventlog.current_actor() as actor,
    eventlog.current_correlation() as correlation, eventlog.current_causation() as causation, eventlog.current_reason() as reason;
table public.now;
begin;
select eventlog.set_context('11111111-1111-4111-8111-111111111111', 'user', 7, 'corr', 'cause', 'because');
table public.now;
-- All of it anew: what is not given is not set.
select eventlog.set_context(actor_id => 'u-2');
table public.now;
savepoint s;
select eventlog.set_context(actor_id => 'u-3', reason => '');
table public.now;
rollback to s;
table public.now;
commit;
table public.now;

-- Outside a transaction block it would be gone with its own statement.
select eventlog.set_context('x');
table public.now;

-- Column defaults and log_event take what is not given from it.
select eventlog.create_log('public.events');
select eventlog.register_event_type('paid');
begin;
select eventlog.set_context('11111111-1111-4111-8111-111111111111', 'user', 7, 'corr', 'cause', 'because');
select eventlog.log_event('paid') is not null;
insert into public.events (type, payload) values ('paid', '{}');
select count(*) from eventlog.log_events('[{"type": "paid"}]');
select eventlog.log_event('paid', tenant_id => '22222222-2222-4222-8222-222222222222', actor_type => 'job', actor_id => 'j-1',
    correlation_id => 'c-2', causation_id => 'c-3') is not null;
commit;
select tenant_id, actor_type, actor_id, correlation_id, causation_id from public.events order by seq;
begin;
select eventlog.set_context('not a uuid');
select eventlog.log_event('paid');
rollback;
begin;
select eventlog.set_context('');
table public.now;
select eventlog.log_event('paid');
rollback;

-- The right to say so is not everyone's, nor can the settings behind it be set by hand.
create role regress_context_guest;
grant select on public.now to regress_context_guest;
set role regress_context_guest;
begin;
select eventlog.set_context('x');
rollback;
set eventlog.tenant_id = 'x';
set eventlog.actor_id = 'x';
select set_config('eventlog.actor_type', 'x', false);
table public.now;
reset role;
reset all;
table public.now;
revoke select on public.now from regress_context_guest;
drop role regress_context_guest;
