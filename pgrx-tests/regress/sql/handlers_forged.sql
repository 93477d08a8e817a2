-- Nobody calls the handlers of another one's log, and nobody puts one there by hand.
create role regress_handler_forger;
create schema forger authorization regress_handler_forger;
select eventlog.create_log('public.events', tenant_type => 'text', require_tenant => false, unregistered => 'allow');
create schema app;
create table app.heard (what text);
create function app.hear(event jsonb) returns void language sql as $$ insert into app.heard values (event ->> 'type') $$;
select eventlog.on_event('hear', 'app.hear');
select log_id from eventlog.log \gset
grant select on public.events to regress_handler_forger;
set role regress_handler_forger;
-- The trigger with another one's log, on a table of one's own.
create table forger.trap (like public.events including all);
create trigger eventlog_handlers after insert on forger.trap for each row execute function eventlog.call_handlers(:'log_id');
insert into forger.trap (xid, seq, id, recorded_at, occurred_at, origin, version, type, context, payload)
values (pg_current_xact_id()::text::bigint, 1, gen_random_uuid(), now(), now(), eventlog.cluster_origin(), 1, 'forged', '{}', '{}');
-- On another kind of event, and by hand.
create trigger other before insert on forger.trap for each row execute function eventlog.call_handlers(:'log_id');
drop trigger eventlog_handlers on forger.trap;
insert into forger.trap (xid, seq, id, recorded_at, occurred_at, origin, version, type, context, payload)
values (1, 1, gen_random_uuid(), now(), now(), 1, 1, 'forged', '{}', '{}');
select eventlog.call_handlers();
select eventlog._add_handlers('forger.trap', :'log_id');
select eventlog._drop_handlers('public.events');
insert into eventlog.handler (name, log_id, handler, pattern_kind, mode, on_error, made_by)
values ('forged', :'log_id', 'forger.f', 'exact', 'sync', 'raise', 'me');
reset role;
-- Whoever restores a database may insert rows, and none about another one's log.
grant insert on eventlog.handler to regress_handler_forger;
set role regress_handler_forger;
insert into eventlog.handler (name, log_id, handler, pattern_kind, mode, on_error, made_by)
values ('forged', :'log_id', 'forger.f', 'exact', 'sync', 'raise', 'me');
reset role;
revoke insert on eventlog.handler from regress_handler_forger;
select count(*) from app.heard;
select name from eventlog.handlers;

-- The trigger that is lost comes back with repair_log, and doctor() says so.
drop trigger eventlog_handlers on public.events;
select severity, object, finding, remedy from eventlog.doctor() where finding ~ 'handler';
select * from eventlog.repair_log('public.events');
select * from eventlog.repair_log('public.events');
alter table public.events disable trigger eventlog_handlers;
select * from eventlog.repair_log('public.events');
select eventlog.log_event('heard') is not null as done;
select what from app.heard;
-- A function that is gone.
alter function app.hear(jsonb) rename to listen;
select severity, object, finding, remedy from eventlog.doctor() where object ~ 'handler';
select eventlog.on_event('hear', 'app.listen', on_error => 'record');
alter function app.listen(jsonb) owner to regress_handler_forger;
select severity, object, finding, remedy from eventlog.doctor() where object ~ 'handler';

-- A log that is dropped leaves its handlers, until it is forgotten or they are ended.
create function app.more(event jsonb) returns void language sql as 'select';
select eventlog.on_event('left', 'app.more');
select eventlog.log_event('failed') is not null as done;
select count(*) from eventlog.handler_error;
drop table forger.trap;
set eventlog.allow_drop = on;
drop table public.events;
select name, log, problem from eventlog.handlers order by name;
set role regress_handler_forger;
select eventlog.off_event('left');
reset role;
select eventlog.off_event('left');
select eventlog.forget_log(:'log_id');
select count(*) from eventlog.handler;
select count(*) from eventlog.handler_failure;
drop owned by regress_handler_forger cascade;
drop role regress_handler_forger;
