-- Old payloads as those of a later version: by steps, by functions, along the shortest way.
select eventlog.create_log('public.events', require_tenant => false);
\set QUIET on
set client_min_messages = warning;
select eventlog.register_event_type('paid', required => '{sum}');
select eventlog.register_event_type('paid', required => '{amount}');
select eventlog.register_event_type('paid', required => '{amount,currency}');
select eventlog.register_event_type('paid', required => '{total}');
select eventlog.register_event_type('other');

select eventlog.register_upcast('paid', 1, 2, '[{"rename": ["sum", "amount"]}]');
select eventlog.register_upcast('paid', 2, 3, '[{"default": ["/currency", "EUR"]}, {"move": ["/customer/id", "/customer_id"]}, {"remove": "/note"}]');
create function public.paid_4(payload jsonb) returns jsonb language sql immutable as $$
    select jsonb_build_object('total', payload -> 'amount', 'as', current_user) $$;
select eventlog.register_upcast('paid', 3, 4, handler => 'public.paid_4');

-- numbers keep their digits
select eventlog.upcast('paid', 1, '{"sum": 1.50, "customer": {"id": 7, "name": "Ada"}, "note": "x"}', 3);
select eventlog.upcast('paid', 1, '{"sum": 1.50}', 4);
select eventlog.upcast('paid', 2, '{"amount": 2, "currency": "USD"}', 3);
-- the default version, where none is named
select eventlog.upcast('paid', 1, '{"sum": 1}');
select eventlog.set_default_version('paid', 3);
select eventlog.upcast('paid', 1, '{"sum": 1}');
select eventlog.upcast('paid', 3, '{"anything": 1}') as same, eventlog.upcast('paid', 1, null) as nothing;
-- a shorter way
select eventlog.register_upcast('paid', 1, 3, '[{"rename": ["sum", "direct"]}]');
select eventlog.upcast('paid', 1, '{"sum": 1}', 3);
-- and away again: neither steps nor a handler
select eventlog.register_upcast('paid', 1, 3);
select eventlog.upcast('paid', 1, '{"sum": 1}', 3);
select eventlog.register_upcast('paid', 1, 3);

-- there is no way back, nor to what nobody made
select eventlog.upcast('paid', 3, '{}', 1);
select eventlog.upcast('paid', 1, '{}', 9);
select eventlog.upcast('paid', 9, '{}', 3);
select eventlog.upcast('other', 1, '{}', 2);
select eventlog.upcast('unknown', 1, '{}');
select eventlog.upcast(null, 1, '{}');
select eventlog.upcast('paid', null, '{}');

-- what is none
select eventlog.register_upcast(null, 1, 2, '[]');
select eventlog.register_upcast('paid', null, 2, '[]');
select eventlog.register_upcast('paid', 2, 1, '[]');
select eventlog.register_upcast('paid', 1, 1, '[]');
select eventlog.register_upcast('paid', 1, 9, '[]');
select eventlog.register_upcast('unknown', 1, 2, '[]');
select eventlog.register_upcast('paid', 1, 2, '{}');
select eventlog.register_upcast('paid', 1, 2, '[{"copy": ["/a", "/b"]}]');
select eventlog.register_upcast('paid', 1, 2, '[{"remove": "a"}]');
select eventlog.register_upcast('paid', 1, 2, '[]', 'public.paid_4');
select eventlog.register_upcast('paid', 1, 2, handler => 'paid_4');
select eventlog.register_upcast('paid', 1, 2, handler => 'public.nowhere');
create function public.wanders(payload jsonb) returns jsonb language sql stable as 'select payload';
select eventlog.register_upcast('paid', 1, 2, handler => 'public.wanders');
create function public.counts(payload jsonb) returns int language sql immutable as 'select 1';
select eventlog.register_upcast('paid', 1, 2, handler => 'public.counts');
select eventlog.register_upcast('paid', 1, 2, '[]', log => 'pg_class');

-- recorded
select action, object, detail from eventlog.admin_log where action = 'register_upcast' order by id limit 3;
