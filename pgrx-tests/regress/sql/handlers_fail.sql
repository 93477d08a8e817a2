-- A handler that fails refuses the event, or its error is kept and the event written, as chosen.
select eventlog.create_log('public.events', tenant_type => 'text', require_tenant => false, unregistered => 'allow');
create schema app;
create table app.heard (what text);
create function app.fail(event jsonb) returns void language plpgsql as $$
begin
    insert into app.heard values ('before it failed');
    raise exception 'no % today', event ->> 'type' using errcode = 'EV001', detail = 'it is closed', hint = 'come tomorrow', constraint = 'opening_hours';
end $$;
create function app.hear(event jsonb) returns void language sql as $$ insert into app.heard values (event ->> 'type') $$;

select eventlog.on_event('fail', 'app.fail', types => '{bread}');
select eventlog.on_event('hear', 'app.hear');
\set SHOW_CONTEXT never
select eventlog.log_event('bread');
\echo :LAST_ERROR_SQLSTATE
select count(*) as events, (select count(*) from app.heard) as heard from public.events;
-- The change of a tracked table too.
create table public.bread (id int primary key);
select eventlog.track_changes('public.bread');
select eventlog.on_event('fail', 'app.fail', types => '{bread.created}');
insert into public.bread values (1);
select count(*) from public.bread;

-- Kept: what the handler did is undone, the event and the other handlers' work stay.
select eventlog.on_event('fail', 'app.fail', types => '{bread}', on_error => 'record');
select eventlog.log_event('bread') is not null as written;
select type from public.events;
select what from app.heard;
select log, handler, event_id = (select id from public.events) as event, sqlstate, message, detail, hint,
    split_part(context, E'\n', 1) as context
from eventlog.handler_error;
-- With the writer's transaction.
begin;
select eventlog.log_event('bread') is not null as written;
select count(*) from eventlog.handler_error;
rollback;
select count(*) from eventlog.handler_error;

-- A long message is cut, between characters.
create or replace function app.fail(event jsonb) returns void language plpgsql as $$
begin
    raise exception '%', 'x' || repeat('é', 5000);
end $$;
select eventlog.log_event('bread') is not null as written;
select octet_length(message), right(message, 2) from eventlog.handler_error order by at desc limit 1;

-- What is no error of the handler's goes on as an error.
create or replace function app.fail(event jsonb) returns void language plpgsql as $$
begin
    raise serialization_failure using message = 'again';
end $$;
select eventlog.log_event('bread');

-- Nobody but the log's owner sees them, or removes them.
create role regress_handler_stranger;
grant usage on schema app to regress_handler_stranger;
set role regress_handler_stranger;
select count(*) from eventlog.handler_error;
select eventlog.discard_handler_errors('fail');
select * from eventlog.handler_failure;
reset role;
select eventlog.discard_handler_errors('fail', '2026-01-01');
select eventlog.discard_handler_errors('fail', null);
select eventlog.discard_handler_errors('fail');
select count(*) from eventlog.handler_error;
drop owned by regress_handler_stranger;
drop role regress_handler_stranger;
