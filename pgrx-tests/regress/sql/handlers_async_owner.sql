-- Async handlers act as the log's owner, whoever runs them, and are nobody's but the owner's to run.
create role regress_async_keeper;
create role regress_async_heir;
create role regress_async_stranger;
grant create on schema public to regress_async_keeper, regress_async_heir;
set role regress_async_keeper;
select eventlog.create_log('public.events', tenant_type => 'text', unregistered => 'allow');
create table public.heard (what text);
create function public.hear(event jsonb) returns void language sql as $$
    insert into public.heard values (concat_ws(' ', current_user, 'heard', event ->> 'tenant_id'))
$$;
select eventlog.on_event('hear', 'public.hear', mode => 'async', log => 'public.events');
-- Isolated, its owner is held back by force, and the handler hears all tenants.
select eventlog.isolate_tenants('public.events');
reset role;
-- A superuser makes and runs it for the owner.
select eventlog.on_event('more', 'public.hear', mode => 'async', log => 'public.events');
select name, role from eventlog.subscription order by name;
select eventlog.log_event('said', tenant_id => 'a', log => 'public.events') is not null as done;
select eventlog.log_event('said', tenant_id => 'b', log => 'public.events') is not null as done;
set role regress_async_stranger;
select eventlog.run_handlers();
select eventlog.run_handlers(log => 'public.events');
select eventlog.on_event('mine', 'public.hear', mode => 'async', log => 'public.events');
reset role;
select eventlog.run_handlers();
select what, count(*) from public.heard group by what order by what;

-- Another owner of the log gets the subscription, and has to have the function.
alter table public.events owner to regress_async_heir;
alter table public.events_key owner to regress_async_heir;
alter table public.events_rejected owner to regress_async_heir;
select eventlog.repair_log('public.events') is not null as repaired;
select eventlog.log_event('said', tenant_id => 'c', log => 'public.events') is not null as done;
truncate public.heard;
select eventlog.run_handlers();
alter function public.hear(jsonb) owner to regress_async_heir;
alter table public.heard owner to regress_async_heir;
set role regress_async_keeper;
select eventlog.run_handlers();
set role regress_async_heir;
select eventlog.run_handlers();
reset role;
select what, count(*) from public.heard group by what order by what;
select name, role from eventlog.subscription order by name;

-- Where the function loses a right, its events are tried again, and not lost.
alter table public.heard owner to current_user;
select eventlog.log_event('said', tenant_id => 'd', log => 'public.events') is not null as done;
select eventlog.run_handlers();
select error from eventlog.waiting_event limit 1;
drop owned by regress_async_keeper, regress_async_heir, regress_async_stranger cascade;
drop role regress_async_keeper, regress_async_heir, regress_async_stranger;
