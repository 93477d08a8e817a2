-- The same key of the same tenant returns the first event's id and writes nothing.
select eventlog.create_log('public.events', require_tenant => false);
select eventlog.register_event_type('paid');
\set a '\'11111111-1111-4111-8111-111111111111\''
\set b '\'22222222-2222-4222-8222-222222222222\''
select eventlog.log_event('paid', '{"amount": 1.10, "to": [1, 2]}', :a, idempotency_key => 'k') as first \gset
select eventlog.log_event('paid', '{"amount": 1.10, "to": [1, 2]}', :a, idempotency_key => 'k') = :'first' as same;
select count(*) from public.events;
select tenant_id, key, event_id = :'first' as of_the_first from public.events_key;

-- Numbers are equal whatever their scale, and objects whatever the order of their keys.
select eventlog.log_event('paid', '{"to": [1.0, 2], "amount": 1.1}', :a, idempotency_key => 'k') = :'first' as same;

-- Other content under the same key is a mistake, whichever argument it is.
select eventlog.log_event('paid', '{"amount": 1.11, "to": [1, 2]}', :a, idempotency_key => 'k');
select eventlog.log_event('paid', '{"amount": 1.10, "to": [2, 1]}', :a, idempotency_key => 'k');
select eventlog.log_event('paid', '{"amount": "1.10", "to": [1, 2]}', :a, idempotency_key => 'k');
select eventlog.log_event('paid', '{"amount": 1.10, "to": [1, 2]}', :a, idempotency_key => 'k', entity_id => 1);
select eventlog.log_event('paid', '{"amount": 1.10, "to": [1, 2]}', :a, idempotency_key => 'k', actor_id => 1);
select eventlog.log_event('paid', '{"amount": 1.10, "to": [1, 2]}', :a, idempotency_key => 'k', source_id => 1);
select eventlog.log_event('paid', '{"amount": 1.10, "to": [1, 2]}', :a, idempotency_key => 'k', context => '{"a": 1}');
select eventlog.log_event('paid', '{"amount": 1.10, "to": [1, 2]}', :a, idempotency_key => 'k', occurred_at => '2024-01-01');
select eventlog.log_event('paid', '{"amount": 1.10, "to": [1, 2]}', :a, idempotency_key => 'k', version => 1);

-- Another tenant's key is another key; so is that of no tenant, which is one, too.
select eventlog.log_event('paid', '{}', :b, idempotency_key => 'k') <> :'first' as another;
select eventlog.log_event('paid', '{}', idempotency_key => 'k') as none \gset
select eventlog.log_event('paid', '{}', idempotency_key => 'k') = :'none' as same;
select count(*) from public.events;

-- In a batch: with what was there, and within the batch.
select id = :'first' as first, count(*) over () as returned, dense_rank() over (order by id) as distinct_ids
from eventlog.log_events('[
    {"type": "paid", "payload": {"amount": 1.1, "to": [1, 2]}, "tenant_id": "11111111-1111-4111-8111-111111111111", "idempotency_key": "k"},
    {"type": "paid", "payload": {"n": 1}, "idempotency_key": "x"},
    {"type": "paid", "payload": {"n": 1.0}, "idempotency_key": "x"},
    {"type": "paid", "payload": {"n": 1}, "idempotency_key": "y"},
    {"type": "paid", "payload": {"n": 1}}
]') with ordinality as w (id, place) order by place;
select count(*) from public.events;
select eventlog.log_events('[{"type": "paid", "payload": {"n": 1}, "idempotency_key": "z"}, {"type": "paid", "payload": {"n": 2}, "idempotency_key": "z"}]');
select eventlog.log_events('[{"type": "paid", "payload": {"n": 3}}, {"type": "paid", "payload": {"n": 2}, "idempotency_key": "x"}]');
select count(*) from public.events;

-- A refused event claims nothing, and neither does one that is rolled back.
select eventlog.log_event('nope', '{}', :a, idempotency_key => 'later');
select eventlog.log_event('paid', '{"n": 1}', :a, idempotency_key => 'later') is not null;
begin;
savepoint s;
select eventlog.log_event('paid', '{"n": 1}', :a, idempotency_key => 'undone') is not null;
rollback to s;
select eventlog.log_event('paid', '{"n": 2}', :a, idempotency_key => 'undone') is not null;
commit;

-- A repetition is answered even where the type was retired since, for its effect is there already.
select eventlog.retire_event_type('paid');
select eventlog.log_event('paid', '{"n": 2}', :a, idempotency_key => 'undone') is not null;
select eventlog.log_event('paid', '{"n": 2}', :a, idempotency_key => 'new');

-- A plain insert has the same keys: a repeated one is refused, since an insert has no id to return, and no content to
-- compare with.
select eventlog.register_event_type('paid');
insert into public.events (type, payload, idempotency_key) values ('paid', '{}', 'plain');
insert into public.events (type, payload, idempotency_key) values ('paid', '{}', 'plain');
select eventlog.log_event('paid', '{}', idempotency_key => 'plain');

-- Keys cannot be taken back.
delete from public.events_key;
update public.events_key set key = 'other';
truncate public.events_key;

-- Nor claimed by hand, which would keep the event of that key out; only their owner may, as a restore does.
create role regress_idempotency_writer;
grant insert, select on public.events, public.events_key to regress_idempotency_writer;
set role regress_idempotency_writer;
insert into public.events_key (key, event_id) values ('mine', '11111111-1111-4111-8111-111111111111');
select eventlog.log_event('paid', idempotency_key => 'mine') is not null;
reset role;
drop owned by regress_idempotency_writer;
drop role regress_idempotency_writer;
