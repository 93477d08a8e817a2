-- An event view that shows id and idempotency_key takes them as they are given, and tells what was written.
select eventlog.create_log('public.events', require_tenant => false, unregistered => 'allow');
select eventlog.create_event_view('public.v', 'public.events',
    '{"id": "id", "key": "idempotency_key", "t": "type", "d": "payload", "s": "seq"}');
insert into public.v (id, t) values ('11111111-1111-4111-8111-111111111111', 'id') returning id, key, t, d, s;
insert into public.v (id, t, key) values ('22222222-2222-4222-8222-222222222222', 'both', 'k') returning id, key, t, d, s;
insert into public.v (t, key) values ('key', 'k2') returning id is not null as id, key, t, d, s;
insert into public.v (t) values ('none') returning id is not null as id, key, t, d, s;
-- Both again: a repetition, which writes nothing and gives the first one's id.
insert into public.v (id, t, key) values ('22222222-2222-4222-8222-222222222222', 'both', 'k') returning id;
insert into public.v (id, t, key) values ('33333333-3333-4333-8333-333333333333', 'both', 'k') returning id;
insert into public.v (t, key) values ('both', 'k') returning id;
insert into public.v (t, key) values ('other', 'k');
-- An id that is there already.
insert into public.v (id, t) values ('11111111-1111-4111-8111-111111111111', 'id');
insert into public.v (id, t, key) values ('11111111-1111-4111-8111-111111111111', 'id', 'k3');
insert into public.v (id, t, key) select null, 'row ' || n, 'row ' || n from generate_series(1, 3) n returning t;
select e.type, e.idempotency_key, k.event_id = e.id as claimed from public.events e
left join public.events_key k on k.key = e.idempotency_key order by e.seq;
select count(*) from public.events_key;
