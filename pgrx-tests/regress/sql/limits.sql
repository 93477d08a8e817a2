-- What is too long, too many or out of range is refused before anything is done with it, and soon.
select eventlog.create_log('public.events', require_tenant => false, tenant_type => 'text', unregistered => 'allow');
set statement_timeout = '20s';
-- Identifiers: 512 bytes.
select eventlog.log_event('x', tenant_id => repeat('é', 300));
insert into public.events (type, payload, tenant_id) values ('x', '{}', repeat('é', 300));
select eventlog.log_event('x', tenant_id => repeat('t', 512), entity_id => repeat('e', 512), idempotency_key => repeat('k', 512)) is not null;
-- Not even an index entry of them is tried: text that does not compress would be too large for one.
select string_agg(md5(n::text), '' order by n) as noise from generate_series(1, 300) n \gset
select eventlog.log_event('x', idempotency_key => :'noise');
select eventlog.log_event('x', tenant_id => :'noise');
select eventlog.log_events(jsonb_build_array(jsonb_build_object('type', 'fine', 'idempotency_key', 'k'),
    jsonb_build_object('type', 'x', 'idempotency_key', :'noise')));
insert into public.events (type, payload, idempotency_key) values ('x', '{}', :'noise');
select count(*) from public.events_key;
-- An empty tenant is none, and is said to be a mistake.
select eventlog.log_event('x', tenant_id => '');
select eventlog.log_events('[{"type": "x", "tenant_id": ""}]');
select eventlog.create_log('public.strict', tenant_type => 'text', unregistered => 'allow');
select eventlog.log_event('x', tenant_id => '', log => 'strict');
insert into public.strict (type, payload, tenant_id) values ('x', '{}', '');
insert into public.strict (type, payload, tenant_id) values ('x', '{}', ' ') returning tenant_id;

-- Times: finite ones.
select eventlog.log_event('x', occurred_at => 'infinity');
select eventlog.log_event('x', occurred_at => '-infinity');
select eventlog.log_events('[{"type": "x", "occurred_at": "infinity"}]');
select eventlog.log_event('x', occurred_at => '294276-12-31 00:00:00+00') is not null;

-- Versions: from 1 to the greatest int.
select eventlog.register_event_type('v', version => 0);
select eventlog.register_event_type('v', version => -1);
select eventlog.register_event_type('v', version => 2147483647);
select eventlog.register_event_type('v', required => '{a}');
select eventlog.register_event_type('v', required => '{a}', version => 1);
select eventlog.register_event_type('v', required => '{a}');
select eventlog.set_default_version('v', 0);
select eventlog.set_default_version('v', -2147483648);
select eventlog.log_event('v', version => 0);
select eventlog.log_event('v', version => -1);
select eventlog.log_events('[{"type": "v", "version": -1}]');
select eventlog.log_events('[{"type": "v", "version": 2147483648}]');
select eventlog.log_events('[{"type": "v", "version": 1e400}]');
insert into public.events (type, payload, version) values ('v', '{"a": 1}', -1);
select * from eventlog.validate_event('v', '{}', version => -1);

-- Contracts: 1,000 names of 512 bytes in each list.
select eventlog.register_event_type('wide', required => (select array_agg('k' || n) from generate_series(1, 1000) n),
    optional => (select array_agg('o' || n) from generate_series(1, 1000) n));
select eventlog.register_event_type('wider', required => (select array_agg('k' || n) from generate_series(1, 1001) n));
select eventlog.register_event_type('wider', optional => (select array_agg('k' || n) from generate_series(1, 200000) n));
select eventlog.register_event_type('wider', entity_types => (select array_agg('k' || n) from generate_series(1, 200000) n));
select eventlog.register_event_type('wider', actor_types => (select array_agg('k' || n) from generate_series(1, 1001) n));
select eventlog.register_event_type('long', required => array[repeat('k', 512)]);
select eventlog.register_event_type('longer', required => array[repeat('k', 513)]);
select eventlog.register_event_type('long', description => repeat('d', 10001));
select eventlog.register_event_type('long', domain => repeat('d', 10001));
select eventlog.register_event_type(repeat('é', 255)) is not null;
select eventlog.register_event_type(repeat('é', 256));
select * from eventlog.import_taxonomy((select jsonb_build_object('types', jsonb_build_array(
    jsonb_build_object('type', 'wider', 'required', jsonb_agg('k' || n)))) from generate_series(1, 1001) n));
-- One event that lacks all of them still fits into an error.
do $$ begin
    perform eventlog.log_event('wide');
exception when check_violation then
    raise notice '%', sqlerrm;
end $$;
select count(*) from eventlog.validate_event('wide', '{}');
select eventlog.register_event_type('wide', required => (select array_agg('k' || n) from generate_series(1, 1000) n),
    optional => (select array_agg('o' || n) from generate_series(1, 1000) n), version => 1, max_payload_bytes => 30000);
select eventlog.log_event('wide', (select jsonb_object_agg('k' || n, n) from generate_series(1, 1000) n)) is not null;
-- Many types, and many events, take time in proportion to their number.
select count(*) from eventlog.import_taxonomy((select jsonb_build_object('types', jsonb_agg(jsonb_build_object('type', 't' || n)))
    from generate_series(1, 2000) n));
select count(*) from eventlog.log_events((select jsonb_agg(jsonb_build_object('type', 't' || n, 'idempotency_key', 'many ' || n))
    from generate_series(1, 5000) n));
