-- Handlers that write events: those have their handlers too, up to a depth.
select eventlog.create_log('public.events', tenant_type => 'text', require_tenant => false, unregistered => 'allow');
create schema app;
create function app.follow(event jsonb) returns void language plpgsql as $$
begin
    perform eventlog.log_event('followed', causation_id => event ->> 'id', correlation_id => event ->> 'correlation_id');
end $$;
create function app.loop(event jsonb) returns void language plpgsql as $$
begin
    perform eventlog.log_event('loop', jsonb_build_object('n', (event #>> '{payload,n}')::int + 1));
end $$;
select eventlog.on_event('follow', 'app.follow', types => '{begun}');
select eventlog.log_event('begun', correlation_id => 'c') is not null as done;
select e.type, c.type as cause, e.correlation_id from public.events e left join public.events c on c.id::text = e.causation_id order by e.seq;

-- A batch: each event's handlers after all of it is in the log.
select count(*) from eventlog.log_events('[{"type": "begun"}, {"type": "begun"}]');
select type from public.events order by seq offset 2;

-- One that calls itself for ever is stopped, and its events with it.
select eventlog.on_event('loop', 'app.loop', types => '{loop}');
\set SHOW_CONTEXT never
select eventlog.log_event('loop', '{"n": 0}');
\echo :LAST_ERROR_SQLSTATE
select count(*) from public.events where type = 'loop';
-- As deep as is allowed.
select eventlog.on_event('loop', 'app.loop', types => '{loop}', filters => '[{"field": "$.payload.n", "operator": "lt", "value": 16}]');
select eventlog.log_event('loop', '{"n": 0}') is not null as done;
select count(*) from public.events where type = 'loop';
-- The depth of one call is not that of the next.
select eventlog.log_event('loop', '{"n": 0}') is not null as done;
-- Two that call each other are named. An error that is kept ends it as well.
create function app.ping(event jsonb) returns void language plpgsql as $$ begin perform eventlog.log_event('pong'); end $$;
create function app.pong(event jsonb) returns void language plpgsql as $$ begin perform eventlog.log_event('ping'); end $$;
select eventlog.on_event('ping', 'app.ping', types => '{ping}');
select eventlog.on_event('pong', 'app.pong', types => '{pong}');
select eventlog.log_event('ping');
select eventlog.on_event('pong', 'app.pong', types => '{pong}', on_error => 'record');
select eventlog.log_event('ping') is not null as done;
select type, count(*) from public.events where type in ('ping', 'pong') group by type order by type;
select handler, sqlstate, message, detail from eventlog.handler_error;
