-- Of a rejected event no more is kept than would be stored of it, and it is the same event when it is tried again.
select eventlog.create_log('public.events', tenant_type => 'text', require_tenant => false);
select eventlog.register_event_type('paid', required => '{amount}');
update eventlog.event_type set redact = '{"remove": ["/card", "/context/token"], "mask": ["**.iban"]}' where type = 'paid';
select eventlog.register_event_type('sent');
select outcome, violations from eventlog.ingest_events('[
    {"type": "paid", "payload": {"amount": 1, "card": "SECRET-1"}},
    {"type": "paid", "payload": {"card": "SECRET-2", "to": [{"iban": "DE-SECRET-3-4321"}]}, "context": {"token": "SECRET-4", "ip": "::1"}},
    {"type": "paid", "paylod": {"card": "SECRET-5"}},
    {"type": "paid", "payload": "{\"card\": \"SECRET-6\"}"},
    {"type": "paid", "payload": {"card": "SECRET-7\u0000"}},
    {"type": "paid", "version": 9, "payload": {"card": "SECRET-8"}},
    "SECRET-9",
    {"type": "sent", "payload": {"card": "public"}, "version": 2}
]');
select outcome from eventlog.ingest_events(format('[{"type": "paid", "payload": {"card": "%s SECRET-10"}}]', repeat('x', 2000000))::json);
select event, redacted, bytes > 0 as bytes, sha256 from public.events_rejected order by id;
select payload, context from public.events order by seq;
-- Nothing of what is a secret is in any row.
select count(*) from public.events_rejected r where r::text like '%SECRET-%';
select count(*) from public.events e where e::text like '%SECRET-%';

-- It is told in the event's context when it becomes one, and nothing is done twice.
update eventlog.event_type set required = '{}' where type = 'paid';
select index, outcome from eventlog.retry_rejected();
select payload, context from public.events order by seq;
