-- set_context takes free metadata, and events take it into their context.
\pset null '<null>'
set client_min_messages = warning;
select from eventlog.create_log('public.events', require_tenant => false);
select from eventlog.register_event_type('paid');
select from eventlog.register_event_type('o.created');
create view public.seen as select type, entity_id, context from public.events order by seq;
select eventlog.current_context();
begin;
select from eventlog.set_context(actor_type => 'user', actor_id => 7,
    context => '{"request": "r-1", "release": 1.10, "at": {"ip": "::1", "port": 1}}');
select eventlog.current_context();
-- The own keys win, at the top alone.
select from eventlog.log_event('paid');
select from eventlog.log_event('paid', context => '{"request": "mine", "at": {"port": 2}, "more": null}');
select from eventlog.log_event('paid', context => '{}');
select from eventlog.log_events('[{"type": "paid"}, {"type": "paid", "context": {"release": 2}}]');
select from eventlog.emit_change('created', 'o', 1, new => '{"a": 1}', context => '{"request": "emitted"}');
-- In a plain INSERT it is the default, where what is given stands alone.
insert into public.events (type, payload) values ('paid', '{}');
insert into public.events (type, payload, context) values ('paid', '{}', '{"alone": 1}');
table public.seen;
-- An event view is a log_event.
select from eventlog.create_event_view('public.view', 'public.events', '{"kind": "type", "data": "payload", "meta": "context"}');
insert into public.view (kind, data) values ('paid', '{}') returning meta;
insert into public.view (kind, data, meta) values ('paid', '{}', '{"request": "view"}') returning meta;
-- A savepoint takes it back; the next set_context clears it.
savepoint s;
select from eventlog.set_context(context => '{"request": "r-2"}');
select eventlog.current_context(), eventlog.current_actor();
rollback to s;
select eventlog.current_context() ->> 'request' as request;
select from eventlog.set_context(reason => 'because');
select eventlog.current_context();
select from eventlog.set_context(context => '{"request": "r-3"}');
commit;
select eventlog.current_context();

-- What an event is for a repeated key has nothing to do with it.
begin;
select from eventlog.set_context(context => '{"request": "r-1"}');
select eventlog.log_event('paid', '{"n": 1}', context => '{"own": 1}', idempotency_key => 'k') as first \gset
commit;
begin;
select from eventlog.set_context(context => '{"request": "r-2"}');
select eventlog.log_event('paid', '{"n": 1}', context => '{"own": 1}', idempotency_key => 'k') = :'first' as same;
rollback;
select eventlog.log_event('paid', '{"n": 1}', context => '{"own": 1, "request": "r-1"}', idempotency_key => 'k');

-- An object of at most 1024 bytes, without the keys that mean something else.
begin;
select from eventlog.set_context('x', context => jsonb_build_object('k', repeat('x', 1015)));
select octet_length(eventlog.current_context()::text);
select from eventlog.set_context('y', context => '{}');
select eventlog.current_context(), eventlog.current_tenant();
savepoint s;
select eventlog.set_context(context => jsonb_build_object('k', repeat('x', 1016)));
rollback to s;
select eventlog.set_context(context => '{"k": 1e9999}');
rollback to s;
select eventlog.set_context(context => '["request"]');
rollback to s;
select eventlog.set_context(context => 'null');
rollback to s;
select eventlog.set_context(context => '"request"');
rollback to s;
select eventlog.set_context(context => '{"field": "status"}');
rollback to s;
select eventlog.set_context(context => '{"a": 1, "redacted": []}');
rollback to s;
select eventlog.set_context(context => '{"violations": []}');
rollback to s;
select eventlog.set_context(context => '{"sampledrate": 1}');
rollback to s;
select eventlog.set_context(context => '{"attempt": 1}');
rollback to s;
select eventlog.set_context(context => '{"erased": true}');
rollback to s;
select eventlog.set_context(context => '{"cloudevent": {}}');
rollback to s;
-- Below the top they are as good as any, and an event's own context may have them.
select from eventlog.set_context(context => '{"a": {"field": 1}, "Field": 2}');
select from eventlog.log_event('paid', context => '{"field": "own"}');
select context from public.events order by seq desc limit 1;
-- What is not refused above was not set either.
select from eventlog.set_context(context => '{"deep": [[[[{"a": "\u00e4\n\"\\"}]]]], "n": [-0.0, 1e3, 12345678901234567890.10]}');
select eventlog.current_context();
rollback;

-- A context that is no object is refused as ever, and one that is too large with what it takes in.
begin;
select from eventlog.set_context(context => '{"request": "r-1"}');
savepoint s;
select from eventlog.log_event('paid', context => '[1]');
rollback to s;
select from eventlog.log_event('paid', context => 'null');
rollback to s;
select from eventlog.create_log('public.small', require_tenant => false, max_payload_bytes => 80, unregistered => 'allow');
select from eventlog.log_event('x', log => 'public.small');
savepoint s;
select from eventlog.log_event('x', context => jsonb_build_object('k', repeat('x', 40)), log => 'public.small');
rollback to s;
select from eventlog.log_event('x', context => jsonb_build_object('k', repeat('x', 90)), log => 'public.small');
rollback;

-- By hand it is a superuser's, and checked alike.
set eventlog.context = '{"release": "7"}';
select eventlog.current_context();
set eventlog.context = '[]';
set eventlog.context = '{"field": 1}';
-- JSON that jsonb cannot hold is none.
set eventlog.context = '{"a": "\u0000"}';
select eventlog.current_context();
insert into public.events (type, payload) values ('paid', '{}') returning context;
set eventlog.context = '';
select eventlog.current_context();

-- It says nothing of who acts, so claims still do; and what a gateway adds for them ends with the transaction.
set request.jwt.claims = '{"sub": "u-1", "app_metadata": {"tenant_id": "t-1"}}';
begin;
select from eventlog.set_context(context => '{"request": "r-1"}');
select eventlog.current_tenant(), eventlog.current_actor(), eventlog.current_context();
select from eventlog.set_context(reason => 'because', context => '{"request": "r-1"}');
select eventlog.current_tenant(), eventlog.current_actor(), eventlog.current_context();
commit;
select eventlog.current_tenant(), eventlog.current_actor(), eventlog.current_context();
