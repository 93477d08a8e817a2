-- What the CONTEXT of a refusal tells: whoever called log_event, and nothing of the insert that it makes. Errors of others
-- tell all of theirs.
select eventlog.create_log('public.events', require_tenant => false) \g /dev/null
select eventlog.register_event_type('task.done') \g /dev/null
create function public.finish(type text) returns void language plpgsql as $$
begin
    perform eventlog.log_event(type, entity_id => 'task-7');
end
$$;
create function public.refuse() returns trigger language plpgsql as $$
begin
    raise 'not today';
end
$$;
create function public.write_again() returns trigger language plpgsql as $$
begin
    perform eventlog.log_event('task.unknown');
    return new;
end
$$;
\set SHOW_CONTEXT always
-- An error of the gate, on both roads, and of many events.
select eventlog.log_event('task.unknown');
set eventlog.straight = off;
select eventlog.log_event('task.unknown');
select eventlog.log_events('[{"type": "task.done"}, {"type": "task.unknown"}]');
reset eventlog.straight;
select eventlog.log_events('[{"type": "task.done"}, {"type": "task.unknown"}]');
-- Functions that call it are told.
select public.finish('task.unknown');
set eventlog.straight = off;
select public.finish('task.unknown');
-- A policy of isolate_tenants refuses in the same way.
create role context_writer;
select eventlog.grant_writer('public.events', 'context_writer') \g /dev/null
set role context_writer;
select eventlog.log_event('task.done');
set eventlog.straight = on;
select eventlog.log_event('task.done');
reset role;
-- What is not ours tells where it comes from.
create trigger refuse before insert on public.events for each row when (new.entity_id = 'task-7') execute function public.refuse();
select public.finish('task.done');
drop trigger refuse on public.events;
-- So does an error of the gate below something that is not ours.
create trigger again before insert on public.events for each row when (new.type = 'task.done') execute function public.write_again();
select eventlog.log_event('task.done');
drop trigger again on public.events;
-- A plain insert has none.
insert into public.events (type, payload) values ('task.unknown', '{}');
drop owned by context_writer;
drop role context_writer;
