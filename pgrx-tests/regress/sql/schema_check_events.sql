-- check_events: what a schema would have refused.
select eventlog.create_log('public.events', require_tenant => false, unregistered => 'allow');
select eventlog.log_events('[
    {"type": "paid", "payload": {"amount": 5}, "occurred_at": "2026-01-01T00:00:00Z"},
    {"type": "paid", "payload": {"amount": "5"}, "occurred_at": "2026-01-02T00:00:00Z"},
    {"type": "paid", "payload": {"amount": "6", "currency": "EURO"}, "occurred_at": "2026-01-03T00:00:00Z"},
    {"type": "paid", "payload": {}, "occurred_at": "2026-01-04T00:00:00Z"},
    {"type": "sent", "payload": {}, "occurred_at": "2026-01-04T00:00:00Z"}
]') is not null as logged;
select * from eventlog.check_events('paid',
    '{"required": ["amount"], "properties": {"amount": {"type": "number"}, "currency": {"maxLength": 3}}}');
select * from eventlog.check_events('paid', '{"required": ["amount"]}', since => '2026-01-02 12:00+00');
select * from eventlog.check_events('paid', '{"required": ["amount"]}', max_events => 1);
select * from eventlog.check_events('paid', '{}');
select * from eventlog.check_events('nothing', '{}');
-- errors
select * from eventlog.check_events('nothing', '{"type": 1}');
select * from eventlog.check_events(null, '{}');
select * from eventlog.check_events('paid', null);
select * from eventlog.check_events('paid', '{}', max_events => 0);
select * from eventlog.check_events('paid', '{}', log => 'pg_class');
-- as the caller: whoever may not read the log does not check it
create role regress_checker;
set role regress_checker;
select * from eventlog.check_events('paid', '{}', log => 'public.events');
reset role;
drop role regress_checker;
