-- A tenant is a uuid, a text or a bigint, and a log says which.
select eventlog.create_log('public.by_uuid', unregistered => 'allow');
select eventlog.create_log('public.by_text', tenant_type => 'text', unregistered => 'allow');
select eventlog.create_log('public.by_bigint', tenant_type => 'bigint', unregistered => 'allow');
select eventlog.create_log('public.without', unregistered => 'allow', require_tenant => false);
select attrelid::regclass, atttypid::regtype, attnotnull
from pg_attribute
where attname = 'tenant_id' and attrelid::regclass::text ~ '^(by_(uuid|text|bigint)|without)(_key)?$'
order by attrelid::regclass::text collate "C";

select eventlog.log_event('x', tenant_id => '11111111-1111-4111-8111-111111111111', log => 'by_uuid') is not null;
select eventlog.log_event('x', tenant_id => '{11111111-1111-4111-8111-111111111112}', log => 'by_uuid') is not null;
select eventlog.log_event('x', tenant_id => 'acme', log => 'by_text') is not null;
select eventlog.log_event('x', tenant_id => 7, log => 'by_text') is not null;
select eventlog.log_event('x', tenant_id => 9223372036854775807, log => 'by_bigint') is not null;
select eventlog.log_event('x', tenant_id => '-7', log => 'by_bigint') is not null;
select eventlog.log_event('x', log => 'without') is not null;
select tenant_id from public.by_uuid order by seq;
select tenant_id from public.by_text order by seq;
select tenant_id from public.by_bigint order by seq;
select tenant_id from public.without order by seq;

-- Not a tenant of that type: refused before anything is written, on each way in.
select eventlog.log_event('x', tenant_id => 'acme', log => 'by_uuid');
select eventlog.log_event('x', tenant_id => '11111111-1111-4111-8111-11111111111', log => 'by_uuid');
select eventlog.log_event('x', tenant_id => '', log => 'by_uuid');
select eventlog.log_event('x', tenant_id => '9223372036854775808', log => 'by_bigint');
select eventlog.log_event('x', tenant_id => '1.0', log => 'by_bigint');
select eventlog.log_event('x', tenant_id => '', log => 'by_bigint');
select eventlog.log_events('[{"type": "x", "tenant_id": "acme"}]', 'by_uuid');

-- No tenant at all.
select eventlog.log_event('x', log => 'by_uuid');
select eventlog.log_events('[{"type": "x", "tenant_id": "11111111-1111-4111-8111-111111111111"}, {"type": "x"}]', 'by_uuid');
insert into public.by_uuid (type, payload) values ('x', '{}');
select (select count(*) from public.by_uuid) as by_uuid, (select count(*) from public.by_bigint) as by_bigint;
