-- Events of one entity, if it is as whoever appends believes.
select eventlog.create_log('public.events', tenant_type => 'text', unregistered => 'allow');
\pset null (null)
select count(*) from eventlog.append_events('order', 7, '[{"type": "placed"}, {"type": "paid", "payload": {"amount": 1}}]', expect_new => true, tenant_id => 'acme');
select type, tenant_id, entity_type, entity_id, payload from public.events order by seq;
select id as last from public.events order by seq desc limit 1 \gset
-- It is not new, and has another last event.
insert into public.events (id, type, tenant_id, entity_type, entity_id, payload)
values ('01900000-0000-7000-8000-000000000001', 'placed', 'acme', 'order', '6', '{}');
select eventlog.append_events('order', 6, '[{"type": "placed"}]', expect_new => true, tenant_id => 'acme');
select eventlog.append_events('order', 6, '[{"type": "sent"}]', expected_last => '01900000-0000-7000-8000-000000000000', tenant_id => 'acme');
select count(*) from eventlog.append_events('order', 6, '[{"type": "sent"}]', expected_last => '01900000-0000-7000-8000-000000000001', tenant_id => 'acme');
\set VERBOSITY sqlstate
select eventlog.append_events('order', 6, '[{"type": "sent"}]', expected_last => '01900000-0000-7000-8000-000000000001', tenant_id => 'acme');
\set VERBOSITY default
-- One of another tenant, or that does not exist, has no last event.
select eventlog.append_events('order', 7, '[{"type": "sent"}]', expected_last => :'last', tenant_id => 'other');
select count(*) from eventlog.append_events('order', 7, '[{"type": "placed"}]', expect_new => true, tenant_id => 'other');
-- Whatever is written by other ways counts.
select eventlog.log_event('noted', '{}', 'acme', 'order', 7) as last \gset
select eventlog.append_events('order', 7, '[{"type": "closed"}]', expected_last => :'last', tenant_id => 'acme') is not null;
-- Without an expectation it is one writer at a time, and no more.
select eventlog.append_events('order', 7, '[{"type": "reopened"}]', tenant_id => 'acme') is not null;
-- A repetition has what it expected.
select eventlog.append_events('order', 8, '[{"type": "placed", "idempotency_key": "k"}]', expect_new => true, tenant_id => 'acme') as first \gset
select eventlog.append_events('order', 8, '[{"type": "placed", "idempotency_key": "k"}]', expect_new => true, tenant_id => 'acme') = :'first' as same;
-- Contracts and rules hold.
select eventlog.add_transition_rule('life', 'order', '{"": ["placed"], "placed": ["paid"]}', existing => 'ignore');
select eventlog.append_events('order', 9, '[{"type": "placed"}, {"type": "placed"}]', expect_new => true, tenant_id => 'acme');
select count(*) from eventlog.append_events('order', 9, '[{"type": "placed"}, {"type": "paid"}]', expect_new => true, tenant_id => 'acme');
-- What was expected is told before what else is wrong with the step.
do $$
begin
    perform eventlog.append_events('order', 9, '[{"type": "placed"}]', expect_new => true, tenant_id => 'acme');
exception when check_violation then
    raise notice '%', regexp_replace(sqlerrm, '[0-9a-f-]{36}', 'ID');
end
$$;
-- What could not be meant.
select eventlog.append_events(null, 7, '[]');
select eventlog.append_events('order', null::text, '[]');
select eventlog.append_events('order', 7, null);
select eventlog.append_events('order', 7, '{}');
select eventlog.append_events('order', 7, '[1]');
select eventlog.append_events('order', 7, '[{"type": "a", "entity_id": "8"}]');
select eventlog.append_events('order', 7, '[{"type": "a", "tenant_id": "acme"}]');
select eventlog.append_events('order', 7, '[{"type": "a"}]', expected_last => :'last', expect_new => true);
select eventlog.append_events('order', 7, '[{"type": "a"}]', expect_new => null);
select eventlog.append_events('order', 7, '[{"type": "a"}]');
select count(*) from eventlog.append_events('order', 7, '[]', tenant_id => 'acme');
-- Whoever may not write is not told how an entity is.
create role regress_append_writer;
create role regress_append_stranger;
select eventlog.grant_writer('public.events', 'regress_append_writer');
set role regress_append_stranger;
select eventlog.append_events('order', 7, '[{"type": "a"}]', expect_new => true, tenant_id => 'acme');
select eventlog.append_events('order', 7, '[]', expect_new => true, tenant_id => 'acme');
reset role;
\set ON_ERROR_ROLLBACK on
begin;
select eventlog.set_context(tenant_id => 'third');
set local role regress_append_writer;
select eventlog.append_events('order', 7, '[{"type": "a"}]', expect_new => true, tenant_id => 'acme');
select eventlog.append_events('order', 7, '[{"type": "a"}]', expected_last => :'last', tenant_id => 'acme');
select count(*) from eventlog.append_events('thing', 7, '[{"type": "a"}]', expect_new => true);
commit;
drop owned by regress_append_writer;
drop role regress_append_writer;
drop role regress_append_stranger;
