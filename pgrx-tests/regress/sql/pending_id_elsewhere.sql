-- The id and key that log_event drew belong to one event of one log: a row that carries them into another log is none of it.
select eventlog.create_log('public.events', require_tenant => false, unregistered => 'allow');
select eventlog.create_log('public.copies', require_tenant => false);
select eventlog.register_event_type('known', required => '{n}', log => 'copies');

-- Forwarded before the event has reached its own gate, from a trigger of the same depth as the gate.
create function public.forward() returns trigger language plpgsql as $$
begin
    insert into public.copies (id, type, payload, idempotency_key, occurred_at, recorded_at)
    values (new.id, new.type, new.payload, new.idempotency_key, new.occurred_at, new.recorded_at);
    return new;
end $$;
create trigger a_forward before insert on public.events for each row execute function public.forward();
select eventlog.log_event('unknown', idempotency_key => 'k');
select eventlog.log_event('known', idempotency_key => 'k');
select eventlog.log_events('[{"type": "known", "payload": {"n": 1}}, {"type": "known"}]');
-- It passes the other log's gate as anyone's, and claims its key there.
select eventlog.log_event('known', '{"n": 1}', idempotency_key => 'k') is not null;
select eventlog.log_event('known', '{"n": 1}', idempotency_key => 'k') is not null;
select (select count(*) from public.events) as events, (select count(*) from public.copies) as copies,
    (select count(*) from public.events_key) as keys, (select count(*) from public.copies_key) as keys_of_copies;
select count(*) from public.events join public.copies using (id, occurred_at, recorded_at);
insert into public.copies (type, payload, idempotency_key) values ('known', '{"n": 1}', 'k');

-- Instead of the event: nothing was written, and the call says so.
drop trigger a_forward on public.events;
create function public.divert() returns trigger language plpgsql as $$
begin
    insert into public.copies (id, type, payload) values (new.id, new.type, new.payload);
    return null;
end $$;
create trigger a_divert before insert on public.events for each row execute function public.divert();
select eventlog.log_event('known', '{"n": 1}');
select eventlog.log_events('[{"type": "known", "payload": {"n": 1}}]');
drop trigger a_divert on public.events;
-- By a rule.
create rule divert as on insert to public.events do instead
    insert into public.copies (id, type, payload) values (new.id, new.type, new.payload);
select eventlog.log_event('known', '{"n": 1}');
select eventlog.log_events('[{"type": "known", "payload": {"n": 1}}]');
drop rule divert on public.events;
select (select count(*) from public.events) as events, (select count(*) from public.copies) as copies;
