-- The events of one type, their payloads as typed columns, old versions upcast.
select eventlog.create_log('public.events', require_tenant => false);
\set QUIET on
set client_min_messages = warning;
set timezone = 'America/New_York';
select eventlog.register_event_type('paid', required => '{sum}');
select eventlog.register_event_type('paid', version => 2, required => '{amount,bare}', optional => '{note}', schema => '{
    "properties": {
        "amount": {"type": "number"},
        "count": {"type": "integer"},
        "small": {"type": "integer", "minimum": -5, "maximum": 5},
        "huge": {"type": "integer", "minimum": 0, "maximum": 1e30},
        "ok": {"type": ["boolean", "null"]},
        "at": {"type": "string", "format": "date-time"},
        "day": {"type": "string", "format": "date"},
        "key": {"$ref": "#/$defs/key"},
        "state": {"enum": ["open", "paid", null]},
        "lines": {"type": "array"},
        "either": {"type": ["string", "integer"]},
        "tenant_id": {"type": "string"},
        "payload_1": {"type": "string"},
        "xmin": {"type": "string"},
        "": {"type": "string"},
        "Über \"alles\"": {"type": "string"},
        "a_very_long_name_of_a_property_that_no_column_of_postgres_could_ever_have": {"type": "string"}
    },
    "$defs": {"key": {"type": "string", "format": "uuid"}}
}');
select eventlog.register_upcast('paid', 1, 2, '[{"rename": ["sum", "amount"]}]');
select eventlog.set_default_version('paid', 2);
select eventlog.create_type_view('public.paid_events', 'paid');
\d paid_events
select obj_description('paid_events'::regclass) ~ '; payload_2 is the property ""; ' as listed;

-- what fits
insert into events (type, version, payload) values
    ('paid', 1, '{"sum": 1.50}'),
    ('paid', 2, '{"amount": 12345678901234567890.123, "bare": {"x": 1}, "count": 12345678901234567890, "small": -5, "huge": 7, "ok": true,
        "at": "2026-02-28T23:30:00.123456+05:30", "day": "2028-02-29", "key": "0190AAAA-0000-7000-8000-000000000000", "state": "open",
        "lines": [1, 2], "either": 7, "tenant_id": "mine", "payload_1": "p1", "xmin": "x", "": "empty", "Über \"alles\"": "ü",
        "a_very_long_name_of_a_property_that_no_column_of_postgres_could_ever_have": "long"}');
\pset format unaligned
\pset expanded on
select version, amount, bare, count, small, huge, ok, at, day, key, state, lines, either, tenant_id, payload_1, payload_2, payload_3, payload_4,
    payload_5, "Über ""alles""", note
from paid_events order by seq;

-- and what the types cannot hold is null, whatever it is: events of before the schema was there
alter table events disable trigger eventlog_gate;
insert into events (type, version, payload) values
    ('paid', 2, '{"amount": "1", "count": 1.5, "small": "x", "ok": "true", "at": "2026-02-30T00:00:00Z", "day": "2027-02-29", "key": "x", "state": 1}'),
    ('paid', 2, '{"amount": [], "small": 9223372036854775808, "at": "yesterday", "day": "0000-01-01", "state": null}'),
    ('paid', 2, '{"small": 1.5, "at": "9999-12-31T23:59:60.999999999-23:59", "day": "infinity"}'),
    ('paid', 2, '[1]'), ('paid', 3, '"text"');
alter table events enable always trigger eventlog_gate;
select amount, small, ok, at, day, key, state from paid_events where seq > 2 order by seq;
\pset expanded off
\pset format aligned

-- called again it appends what has come since, and keeps what has gone
select eventlog.register_event_type('paid', version => 2, required => '{amount}', schema => '{
    "properties": {"amount": {"type": "number"}, "aaa": {"type": "string"}}}');
select finding, remedy from eventlog.doctor() where object like 'view %';
select eventlog.create_type_view('paid_events', 'paid');
select finding, remedy from eventlog.doctor() where object like 'view %';
select attname, format_type(atttypid, atttypmod) from pg_attribute where attrelid = 'paid_events'::regclass and attnum > 20 order by attnum;
-- an upcast that comes or goes counts too
select eventlog.register_upcast('paid', 1, 2);
select finding from eventlog.doctor() where object like 'view %';
select eventlog.create_type_view('paid_events', 'paid');
-- a type that changes does not
select eventlog.register_event_type('paid', version => 2, required => '{amount}', schema => '{"properties": {"amount": {"type": "string"}}}');
select eventlog.create_type_view('paid_events', 'paid');

-- one version by its number
select eventlog.create_type_view('old_paid', 'paid', 1);
select count(*) from old_paid where sum is not null;
select count(*) from eventlog.doctor() where object = 'view old_paid';
select eventlog.retire_event_type('paid');
delete from eventlog.event_type where version = 2;
select finding, remedy from eventlog.doctor() where object like 'view %' order by 1;

-- what cannot be made
select eventlog.create_type_view(null, 'paid');
select eventlog.create_type_view('', 'paid');
select eventlog.create_type_view('v', null);
select eventlog.create_type_view('v', 'unknown');
select eventlog.create_type_view('v', 'paid', 9);
select eventlog.create_type_view('nowhere.v', 'paid', 1);
select eventlog.create_type_view('events', 'paid', 1);
select eventlog.create_type_view('old_paid', 'other');
select eventlog.create_type_view('v', 'paid', 1, 'pg_class');
-- a comment that is not its own
comment on view old_paid is 'pg_eventlog made it of: {"columns": [], "log_columns": [], "log_id": "x", "type": "paid", "version": 1e30}';
select eventlog.create_type_view('old_paid', 'paid', 1);
select count(*) from eventlog.doctor() where object = 'view old_paid';
