-- One gate on every way in: what is refused on one is refused on all, and nothing of the statement stays.
select eventlog.create_log('public.events');
select eventlog.create_log('public.parted', partition_interval => '1 month');
select eventlog.register_event_type('paid', required => '{amount}');
select eventlog.register_event_type('paid', required => '{amount}', log => 'parted');
select eventlog.create_event_view('public.renamed', 'public.events',
    '{"company_id": "tenant_id", "event_type": "type", "data": "payload"}');
create view public.plain as select type, tenant_id, payload from public.events;
\set tenant '\'11111111-1111-4111-8111-111111111111\''

-- good
select eventlog.log_event('paid', '{"amount": 1}', :tenant) is not null;
select count(*) from eventlog.log_events(
    '[{"type": "paid", "payload": {"amount": 2}, "tenant_id": "11111111-1111-4111-8111-111111111111"}]');
insert into public.events (type, tenant_id, payload) values ('paid', :tenant, '{"amount": 3}');
insert into public.events (type, tenant_id, payload)
select 'paid', :tenant, jsonb_build_object('amount', n) from generate_series(4, 5) n;
insert into public.renamed (event_type, company_id, data) values ('paid', :tenant, '{"amount": 6}');
insert into public.plain (type, tenant_id, payload) values ('paid', :tenant, '{"amount": 7}');
copy public.events (type, tenant_id, payload) from stdin;
paid	11111111-1111-4111-8111-111111111111	{"amount": 8}
\.
with written as (
    insert into public.events (type, tenant_id, payload) values ('paid', :tenant, '{"amount": 9}') returning *
)
select type, payload, version, context, xid = eventlog.new_xid() as xid_is_ours, occurred_at = recorded_at as one_clock
from written;
merge into public.events e using (values (10)) as v (amount) on false
when not matched then insert (type, tenant_id, payload) values ('paid', :tenant, jsonb_build_object('amount', v.amount));
prepare pay(jsonb) as insert into public.events (type, tenant_id, payload) values ('paid', :tenant, $1);
execute pay('{"amount": 11}');
insert into public.parted (type, tenant_id, payload) values ('paid', :tenant, '{"amount": 1}');
insert into public.parted_default (type, tenant_id, payload, recorded_at)
values ('paid', :tenant, '{"amount": 2}', '2001-01-01');
select payload -> 'amount' as amount, seq from public.events order by seq;
select payload -> 'amount' as amount from public.parted order by 1;

-- bad
insert into public.events (type, tenant_id, payload) values ('paid', :tenant, '{}');
insert into public.events (type, tenant_id, payload)
values ('paid', :tenant, '{"amount": 1}'), ('paid', :tenant, '[]');
\set VERBOSITY terse
insert into public.events (type, tenant_id) values ('paid', :tenant);
insert into public.events (tenant_id, payload) values (:tenant, '{}');
insert into public.events (type, tenant_id, payload) values ('', :tenant, '{}');
insert into public.events (type, tenant_id, payload, context) values ('paid', :tenant, '{"amount": 1}', null);
\set VERBOSITY default
insert into public.renamed (event_type, company_id, data) values ('paid', :tenant, '{}');
insert into public.plain (type, tenant_id, payload) values ('paid', :tenant, '{}');
copy public.events (type, tenant_id, payload) from stdin;
paid	11111111-1111-4111-8111-111111111111	{"amount": 8}
paid	11111111-1111-4111-8111-111111111111	{}
\.
merge into public.events e using (values (10)) as v (amount) on false
when not matched then insert (type, tenant_id, payload) values ('paid', :tenant, '{}');
execute pay('{}');
insert into public.parted (type, tenant_id, payload) values ('paid', :tenant, '{}');
insert into public.parted_default (type, tenant_id, payload, recorded_at) values ('paid', :tenant, '{}', '2001-01-01');
select (select count(*) from public.events) as events, (select count(*) from public.parted) as parted;

-- The gate looks at the row as it is stored, after triggers that fire before it.
create function public.spoil() returns trigger language plpgsql as $$ begin new.payload := '{}'; return new; end $$;
create trigger a_first before insert on public.events for each row execute function public.spoil();
select eventlog.log_event('paid', '{"amount": 1}', :tenant);
drop trigger a_first on public.events;

-- And what suppresses a row is not passed over in silence.
create function public.swallow() returns trigger language plpgsql as $$ begin return null; end $$;
create trigger a_first before insert on public.events for each row execute function public.swallow();
select eventlog.log_event('paid', '{"amount": 1}', :tenant);
select eventlog.log_events('[{"type": "paid", "payload": {"amount": 2}, "tenant_id": "11111111-1111-4111-8111-111111111111"}]');
select count(*) from public.events;
