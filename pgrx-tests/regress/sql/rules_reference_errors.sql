-- A reference rule is refused where a foreign key would be, and where it could ask nothing.
create table public.customer (id uuid primary key, code text, half text, tenant_id text);
create unique index on public.customer (half) where code is not null;
create unique index on public.customer (lower(code));
create view public.customers as select * from public.customer;
select eventlog.create_log('public.events', require_tenant => false, unregistered => 'allow');
select eventlog.add_reference_rule(null, 'a', '$.payload.b', 'public.customer', 'id');
select eventlog.add_reference_rule('r', null, '$.payload.b', 'public.customer', 'id');
select eventlog.add_reference_rule('r', 'a', null, 'public.customer', 'id');
select eventlog.add_reference_rule('r', 'a', '$.payload.b', null, 'id');
select eventlog.add_reference_rule('r', 'a', '$.payload.b', 'public.customer', null);
select eventlog.add_reference_rule('r', 'a', '$.payload.', 'public.customer', 'id');
select eventlog.add_reference_rule('r', 'a', '$.paylod.b', 'public.customer', 'id');
select eventlog.add_reference_rule('r', 'a', '$.payload.b == $c', 'public.customer', 'id');
select eventlog.add_reference_rule('r', 'a', '$.payload.b', 'public.customers', 'id');
select eventlog.add_reference_rule('r', 'a', '$.payload.b', 'public.customer', 'ident');
select eventlog.add_reference_rule('r', 'a', '$.payload.b', 'public.customer', 'ctid');
select eventlog.add_reference_rule('r', 'a', '$.payload.b', 'public.customer', 'code');
select eventlog.add_reference_rule('r', 'a', '$.payload.b', 'public.customer', 'half');
select eventlog.add_reference_rule('r', 'a', '$.payload.b', 'public.customer', 'id', 'tenant_id');
select eventlog.add_reference_rule('r', 'a', '$.payload.b', 'public.customer', 'id', 'tenant');
create temporary table passing (id int primary key);
select eventlog.add_reference_rule('r', 'a', '$.payload.b', 'passing', 'id');
select eventlog.import_taxonomy('{"types": [], "rules": [{"name": "r", "kind": "reference", "type": "a",
    "path": "$.payload.b", "relation": "public.nothing", "column": "id"}]}');
-- Isolated by tenant, it is asked with its tenant column.
create table public.isolated (id int primary key, tenant_id text not null, unique (id, tenant_id));
create role regress_reference_reader;
select eventlog.isolate_tenants('public.isolated', readers => '{regress_reference_reader}');
select eventlog.add_reference_rule('r', 'a', '$.payload.b', 'public.isolated', 'id');
select eventlog.add_reference_rule('r', 'a', '$.payload.b', 'public.isolated', 'id', 'tenant_id');
select eventlog.log_event('a', '{"b": 1}');
select eventlog.remove_event_rule('r');
-- A log's owner needs REFERENCES, as for a foreign key, and keeps needing it.
create role regress_reference_owner;
create schema theirs authorization regress_reference_owner;
set role regress_reference_owner;
select eventlog.create_log('theirs.events', require_tenant => false, unregistered => 'allow');
select eventlog.add_reference_rule('r', 'a', '$.payload.b', 'public.customer', 'id', log => 'theirs.events');
reset role;
grant references (id) on public.customer to regress_reference_owner;
grant usage on schema public to regress_reference_owner;
set role regress_reference_owner;
select eventlog.add_reference_rule('r', 'a', '$.payload.b', 'public.customer', 'id', log => 'theirs.events');
select eventlog.log_event('a', '{"b": "00000000-0000-4000-8000-000000000003"}', log => 'theirs.events');
reset role;
revoke references (id) on public.customer from regress_reference_owner;
set role regress_reference_owner;
select eventlog.log_event('a', '{"b": "00000000-0000-4000-8000-000000000003"}', log => 'theirs.events');
reset role;
-- Of somebody else's log, and of another kind's name.
set role regress_reference_reader;
select eventlog.add_reference_rule('r', 'a', '$.payload.b', 'public.customer', 'id', log => 'public.events');
reset role;
select eventlog.add_check_rule('c', 'a', '$.payload.b > 0', log => 'public.events');
select eventlog.add_reference_rule('c', 'a', '$.payload.b', 'public.customer', 'id', log => 'public.events');
