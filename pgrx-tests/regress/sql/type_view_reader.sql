-- A reader of a view of a type sees what that role sees of the log, and no more: under row-level security, and by its grants.
create role view_maker;
create role view_reader;
create role view_stranger;
grant create on schema public to view_maker;
\set QUIET on
set client_min_messages = warning;
set role view_maker;
select eventlog.create_log('public.events', tenant_type => 'text');
select eventlog.register_event_type('paid', required => '{sum}');
select eventlog.register_event_type('paid', version => 2, required => '{amount}', schema => '{"properties": {"amount": {"type": "integer"}, "secret": {"type": "string"}}}');
select eventlog.set_default_version('paid', 2);
create function public.to_two(payload jsonb) returns jsonb language sql immutable as $$ select jsonb_build_object('amount', payload -> 'sum') $$;
revoke all on function public.to_two(jsonb) from public;
select eventlog.register_upcast('paid', 1, 2, handler => 'public.to_two');
select eventlog.register_event_type('other');
select eventlog.log_event('paid', '{"sum": 1}', tenant_id => 'acme', version => 1, log => 'events');
select eventlog.log_event('paid', '{"amount": 2, "secret": "s"}', tenant_id => 'acme', log => 'events');
select eventlog.log_event('paid', '{"amount": 3}', tenant_id => 'bolt', log => 'events');
select eventlog.log_event('other', tenant_id => 'acme', log => 'events');
select eventlog.create_type_view('paid_events', 'paid', log => 'events');
select eventlog.isolate_tenants('events');
select eventlog.grant_reader('events', 'view_reader');
grant select on paid_events to view_reader, view_stranger;
reset role;
grant execute on function eventlog.set_context to view_reader;

set role view_reader;
begin;
select eventlog.set_context(tenant_id => 'acme');
select tenant_id, version, amount, secret from paid_events order by seq;
-- nor through what is asked of each row, such as a function that tells what it sees
create function pg_temp.tells(n numeric) returns boolean language plpgsql cost 0.0001 as $$ begin raise warning 'saw %', n; return true; end $$;
select amount from paid_events where pg_temp.tells(amount) order by seq;
rollback;
begin;
select eventlog.set_context(tenant_id => 'bolt');
select tenant_id, amount from paid_events order by seq;
rollback;
select count(*) from paid_events;
-- a view that is nobody's business: neither made, nor read without the right on the log
select eventlog.create_type_view('mine', 'paid', log => 'events');
set role view_stranger;
select count(*) from paid_events;
reset role;
drop view paid_events;
