-- A database that is set up as the manual says has nothing to be told.
select * from eventlog.doctor();
create role regress_dh_owner;
create role regress_dh_reader;
create role regress_dh_writer;
create role regress_dh_service;
create role regress_dh_consumer;
create role regress_dh_app login;
create role regress_dh_member;
grant create on schema public to regress_dh_owner;
grant regress_dh_reader, regress_dh_writer to regress_dh_app;
-- the quick start, by a superuser
select eventlog.create_log('public.events', tenant_type => 'text');
select eventlog.register_event_type('order_paid', required => '{amount,currency}');
select eventlog.log_event('order_paid', '{"amount": 99.50, "currency": "EUR"}', tenant_id => 'acme', idempotency_key => 'k') is not null;
create table public.campaigns (id bigint primary key, company text not null, name text, status text, budget numeric);
select eventlog.track_changes('campaigns', tenant_column => 'company', state_column => 'status');
select * from eventlog.doctor();
-- everything else, by an owner whom nobody logs in as
set role regress_dh_owner;
select eventlog.create_log('public.parted', tenant_type => 'text', partition_interval => '1 month');
create table public.orders (id bigint, company text, state text, removed_at date, note text, primary key (company, id)) partition by hash (company);
create table public.orders_0 partition of public.orders for values with (modulus 2, remainder 0);
create table public.orders_1 partition of public.orders for values with (modulus 2, remainder 1);
create table public.members (user_id text, company text, primary key (user_id, company));
create table public.documents (company text, id int, primary key (company, id));
create table public.facts (n int);
select eventlog.track_changes('public.orders', fields => '{state,note}', tenant_column => 'company',
    state_column => 'state', deleted_column => 'removed_at', carry_values => false, log => 'public.parted');
select eventlog.isolate_tenants('public.orders', 'company', force => true);
select eventlog.isolate_tenants('public.documents', 'company', readers => '{regress_dh_member}', membership => 'public.members(user_id, company)');
select eventlog.make_append_only('public.facts');
select eventlog.isolate_tenants('public.parted');
select eventlog.grant_reader('public.parted', 'regress_dh_reader');
select eventlog.grant_writer('public.parted', 'regress_dh_writer');
select eventlog.grant_service('public.parted', 'regress_dh_service');
select eventlog.grant_consumer('public.parted', 'regress_dh_consumer');
select eventlog.create_event_view('public.renamed', 'public.parted', '{"company": "tenant_id", "name": "type"}');
grant select, insert, update, delete on public.orders to regress_dh_app;
grant select on public.renamed to regress_dh_reader;
create table public.parted_2001 partition of public.parted for values from ('2001-01-01') to ('2002-01-01');
select * from eventlog.doctor();
reset role;
select eventlog.grant_context('regress_dh_app');
select * from eventlog.doctor();

-- Whoever has nothing to do with it is not told; an owner is, and so is who watches over the server.
set role regress_dh_app;
select * from eventlog.doctor();
select * from eventlog._doctor_tables() limit 0;
select * from eventlog._doctor_grants('{}');
reset role;
grant pg_monitor to regress_dh_member;
set role regress_dh_member;
select * from eventlog.doctor();
reset role;
drop owned by regress_dh_owner, regress_dh_reader, regress_dh_writer, regress_dh_service, regress_dh_consumer, regress_dh_app,
    regress_dh_member cascade;
drop role regress_dh_owner, regress_dh_reader, regress_dh_writer, regress_dh_service, regress_dh_consumer, regress_dh_app,
    regress_dh_member;
