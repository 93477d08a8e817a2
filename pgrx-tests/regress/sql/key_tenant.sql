-- The tenant is part of a key and not of its content: named, or the context's, it is the same event.
select eventlog.create_log('public.events', tenant_type => 'uuid', unregistered => 'allow');
select eventlog.create_log('public.texts', tenant_type => 'text', unregistered => 'allow', require_tenant => false);
\set tenant '\'aaaaaaaa-0000-4000-8000-000000000001\''
create function public.named(log regclass, tenant text, type text default 'x') returns uuid language sql
    begin atomic select eventlog.log_event(type, '{"n": 1.0}', tenant_id => tenant, idempotency_key => 'k', log => log); end;
begin;
select public.named('events', :tenant) as first \gset
-- in any spelling of the value
select public.named('events', upper(:tenant)) = :'first' as spelled;
select eventlog.set_context(:tenant);
select eventlog.log_event('x', '{"n": 1}', idempotency_key => 'k', log => 'events') = :'first' as from_the_context;
select public.named('events', :tenant) = :'first' as named;
select id = :'first' as of_a_batch from eventlog.log_events(jsonb_build_array(
    '{"type": "x", "payload": {"n": 1.00}, "idempotency_key": "k"}'::jsonb,
    jsonb_build_object('type', 'x', 'payload', '{"n": 1}'::jsonb, 'idempotency_key', 'k', 'tenant_id', :tenant))) id;
-- within one batch, before there is an event
select count(distinct id) from eventlog.log_events(jsonb_build_array(
    '{"type": "x", "idempotency_key": "new"}'::jsonb,
    jsonb_build_object('type', 'x', 'idempotency_key', 'new', 'tenant_id', :tenant))) id;
-- another content is one as ever, another tenant is another key
savepoint s;
select public.named('events', :tenant, 'y');
rollback to s;
select public.named('events', 'aaaaaaaa-0000-4000-8000-000000000002') <> :'first' as of_another;
commit;
-- No tenant is one too, but not every tenant's.
select public.named('texts', null) as first \gset
begin;
select eventlog.set_context('acme');
select public.named('texts', null) <> :'first' as of_the_context, public.named('texts', 'acme') = public.named('texts', null) as one;
commit;
select public.named('texts', null) = :'first' as of_none;
select tenant_id, count(*) from (select tenant_id::text from events union all select tenant_id from texts) e group by 1 order by 1;
