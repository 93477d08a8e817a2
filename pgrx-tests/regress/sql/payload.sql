-- A payload is stored as it came: every digit, every key, every depth that jsonb takes.
select eventlog.create_log('public.events', require_tenant => false, unregistered => 'allow', max_payload_bytes => 100000000);
create table public.given (n int, payload jsonb);
insert into public.given values
    (1, '{"a": 1.10, "b": 1.1, "c": 12345678901234567890.123, "d": 1e400, "e": -0, "f": 0.0000000000000000000000001}'),
    (2, '{"": 1, " ": 2, "ä€🎉": "ä€🎉", "quote\"": "back\\slash", "nul?": "\u0001", "é": 1, "é": 2}'),
    (3, '{"deep": [[[[{"a": [{"b": null}]}]]]], "t": true, "f": false, "n": null, "e": {}, "ea": []}'),
    (4, (repeat('{"a":', 2000) || '1' || repeat('}', 2000))::jsonb),
    (5, jsonb_build_object('long', repeat('x', 5000000))),
    (6, (select jsonb_object_agg('k' || n, n) from generate_series(1, 10000) n));
select n, eventlog.log_event('t' || n, payload) is not null as written, length(payload::text) as length
from public.given order by n;
select n, e.payload::text = g.payload::text as same
from public.given g join public.events e on e.type = 't' || n order by n;

-- In a batch too.
select count(*) from eventlog.log_events((select jsonb_agg(jsonb_build_object('type', 'b' || n, 'payload', payload) order by n) from public.given));
select n, e.payload::text = g.payload::text as same
from public.given g join public.events e on e.type = 'b' || n order by n;

-- And from a column where it lies compressed or out of line.
alter table public.given alter payload set storage external;
update public.given set payload = payload || '{"more": 1}';
insert into public.events (type, payload) select 'i' || n, payload from public.given;
select count(eventlog.log_event('c' || n, payload)) from public.given;
select n, e.payload::text = g.payload::text as same, f.payload::text = g.payload::text as same_inserted
from public.given g join public.events e on e.type = 'c' || n join public.events f on f.type = 'i' || n order by n;
