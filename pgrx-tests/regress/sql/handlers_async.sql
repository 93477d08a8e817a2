-- Async handlers: called behind the transaction by run_handlers, with retries and dead letters as subscriptions have them.
select eventlog.create_log('public.events', tenant_type => 'bigint', require_tenant => false, unregistered => 'allow');
alter table public.events add column region text default 'eu';
create schema app;
create table app.heard (place serial, what text, tenant text, actor text, correlation text, cause text, who name, path text);
create function app.hear(event jsonb) returns void language plpgsql as $$
begin
    insert into app.heard (what, tenant, actor, correlation, cause, who, path)
    values (concat_ws(' ', event ->> 'type', event ->> 'entity_id', event ->> 'region', event ->> 'tenant_id'),
        eventlog.current_tenant(), eventlog.current_actor(), eventlog.current_correlation(),
        case when eventlog.current_causation() = event ->> 'id' then 'itself' end, current_user, current_setting('search_path'));
    if event -> 'payload' ? 'fail' then
        raise exception 'no %', event ->> 'entity_id' using errcode = 'EV001';
    end if;
    if event ->> 'type' = 'first' then
        perform eventlog.log_event('followed', entity_type => 'e', entity_id => event ->> 'entity_id');
    end if;
end $$;
select eventlog.log_event('before') is not null as done;
select eventlog.on_event('hear', 'app.hear', types => '{first,second}', mode => 'async', max_attempts => 2,
    options => '{"retry_base": "1 hour", "on_dead": "skip"}');
select name, mode, on_error, types, problem from eventlog.handlers;
select name, role = current_user as own, max_attempts, on_dead from eventlog.subscription;
-- No trigger: writers pay nothing.
select count(*) as triggers from pg_trigger where tgname = 'eventlog_handlers';
begin;
select eventlog.set_context('5', 'user', 'ann', 'c-1');
select eventlog.log_event('first', entity_type => 'e', entity_id => 1) is not null as done;
commit;
select eventlog.log_event('other') is not null as done;
select count(*) from app.heard;
begin;
select eventlog.set_context('9', 'user', 'bob', 'c-9', reason => 'because');
select eventlog.run_handlers();
select eventlog.current_tenant(), eventlog.current_actor(), eventlog.current_correlation(), eventlog.current_causation(), current_user;
commit;
select what, tenant, actor, correlation, cause, who = current_user as own, path from app.heard;
-- What it writes belongs to the event that it handles.
select e.type, e.tenant_id, e.correlation_id, c.type as cause, e.actor_id
from public.events e join public.events c on c.id::text = e.causation_id;
select eventlog.run_handlers();

-- One that fails: what came before it and comes after it is done once, its entity waits, and it is tried again.
truncate app.heard;
select count(*) from eventlog.log_events('[
    {"type": "second", "entity_type": "e", "entity_id": 1},
    {"type": "second", "entity_type": "e", "entity_id": 2, "payload": {"fail": 1}},
    {"type": "second", "entity_type": "e", "entity_id": 3},
    {"type": "second", "entity_type": "e", "entity_id": 2},
    {"type": "second", "payload": {"fail": 1}},
    {"type": "second"},
    {"type": "second", "entity_type": "e", "entity_id": 4}]');
select eventlog.run_handlers();
select what from app.heard order by place;
select attempts, error from eventlog.waiting_event order by seq;
select count(*) as held from eventlog.held_event;
select eventlog.run_handlers();
-- The time has come.
update eventlog.waiting_event set due_at = now();
truncate app.heard;
select eventlog.run_handlers();
select what from app.heard order by place;
select subscription, attempts, error from eventlog.dead_letter order by seq;
-- The entity of a dead letter goes on.
select eventlog.run_handlers();
select what from app.heard order by place;
-- Mended, and tried again.
create or replace function app.hear(event jsonb) returns void language sql as $$
    insert into app.heard (what) values (concat_ws(' ', 'mended', event ->> 'entity_id'))
$$;
select eventlog.retry_dead_letters('hear');
truncate app.heard;
select eventlog.run_handlers();
select what from app.heard order by place;
select count(*) from eventlog.dead_letter;

-- Buried at once: what comes later of its entity is not lost with it, and comes in the same call.
create function app.bad(event jsonb) returns void language plpgsql as $$
begin
    if event -> 'payload' ? 'fail' then
        raise 'bad';
    end if;
    insert into app.heard (what) values ('good ' || (event ->> 'entity_id'));
end $$;
select eventlog.on_event('bad', 'app.bad', mode => 'async', types => '{fourth}', max_attempts => 1);
select count(*) from eventlog.log_events('[
    {"type": "fourth", "entity_type": "e", "entity_id": 7, "payload": {"fail": 1}},
    {"type": "fourth", "entity_type": "e", "entity_id": 8},
    {"type": "fourth", "entity_type": "e", "entity_id": 7}]');
truncate app.heard;
select eventlog.run_handlers();
select what from app.heard order by place;
select subscription, attempts, error from eventlog.dead_letter order by seq;
select eventlog.off_event('bad');

-- So many at a time, in all; one that fails often does not keep the others waiting.
create function app.fail(event jsonb) returns void language plpgsql as $$ begin raise 'never'; end $$;
select eventlog.on_event('fail', 'app.fail', mode => 'async', options => '{"retry_base": "1 hour"}');
truncate app.heard;
select count(*) from eventlog.log_events((select jsonb_agg(jsonb_build_object('type', 'second')) from generate_series(1, 260)));
select eventlog.run_handlers(150);
select count(*) from app.heard;
select eventlog.run_handlers(10000);
select eventlog.run_handlers(10000);
select count(*) from app.heard;
select count(*) from eventlog.waiting_event;
select eventlog.off_event('fail');

-- One that is replaced is tried again at once, though what failed was to wait for an hour.
create function app.never(event jsonb) returns void language plpgsql as $$ begin raise 'never'; end $$;
create function app.always(event jsonb) returns void language sql as $$
    insert into app.heard (what) values ('always ' || (event ->> 'entity_id'))
$$;
select eventlog.on_event('retried', 'app.never', mode => 'async', types => '{fifth}', options => '{"retry_base": "1 hour"}');
select count(*) from eventlog.log_events((select jsonb_agg(jsonb_build_object('type', 'fifth', 'entity_type', 'e', 'entity_id', n % 2))
    from generate_series(1, 4) n));
truncate app.heard;
select eventlog.run_handlers();
select eventlog.run_handlers();
select attempts, due_at > now() + interval '15 minutes' as later from eventlog.waiting_event w join eventlog.subscription using (subscription_id)
where name = 'retried' order by seq;
select eventlog.on_event('retried', 'app.always', mode => 'async', types => '{fifth}', options => '{"retry_base": "1 hour"}');
select eventlog.run_handlers();
select what from app.heard order by place;
select eventlog.off_event('retried');

-- A function that is gone is no fault of the events: they wait.
alter function app.hear(jsonb) rename to listen;
select eventlog.log_event('second') is not null as done;
select eventlog.run_handlers();
select severity, object, finding, remedy from eventlog.doctor() where object ~ '^handler';
select eventlog.on_event('hear', 'app.listen', types => '{third}', mode => 'async');
truncate app.heard;
select eventlog.run_handlers();
select eventlog.log_event('third') is not null as done;
select eventlog.run_handlers(log => 'public.events');
select what from app.heard;
-- From one mode to the other: the subscription comes and goes.
select eventlog.on_event('hear', 'app.listen');
select count(*) from eventlog.subscription;
select count(*) as triggers from pg_trigger where tgname = 'eventlog_handlers';
select eventlog.on_event('hear', 'app.listen', mode => 'async');
select count(*) as triggers from pg_trigger where tgname = 'eventlog_handlers';
select eventlog.unsubscribe('hear');
select eventlog.off_event('hear');
select count(*) from eventlog.subscription;
select eventlog.run_handlers();

-- What cannot be asked for.
select eventlog.subscribe('taken');
select eventlog.on_event('taken', 'app.listen', mode => 'async');
select eventlog.on_event('x', 'app.listen', mode => 'async', on_error => 'record');
select eventlog.on_event('x', 'app.listen', mode => 'async', max_attempts => 0);
select eventlog.on_event('x', 'app.listen', mode => 'async', options => '{"retries": 1}');
select eventlog.on_event('x', 'app.listen', mode => 'async', max_attempts => null);
select eventlog.run_handlers(0);
select eventlog.run_handlers(null);
select eventlog.run_handlers(log => 'app.heard');
select count(*) from eventlog.handlers;
