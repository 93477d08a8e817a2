-- The functions that administer run with a search path of their own; what somebody's trigger sets meanwhile goes with it.
create schema app;
set search_path = app, public;
create function public.meddle() returns trigger language plpgsql as $$
begin
    perform set_config('search_path', 'meddled', false), set_config('work_mem', '1MB', false);
    return null;
end $$;
create function public.meddle_in_ddl() returns event_trigger language plpgsql as $$
begin
    perform set_config('search_path', 'meddled', false);
end $$;
create trigger meddle after insert or update or delete on eventlog.log for each statement execute function public.meddle();
create trigger meddle after insert or update or delete on eventlog.event_type for each statement execute function public.meddle();
create trigger meddle after insert on eventlog.admin_log for each statement execute function public.meddle();
create event trigger meddle on ddl_command_end execute function public.meddle_in_ddl();
select current_setting('work_mem') as work_mem \gset

select eventlog.create_log('events', require_tenant => false, partition_interval => '1 day');
show search_path;
select eventlog.register_event_type('paid');
show search_path;
select * from eventlog.import_taxonomy('{"types": [{"type": "seen"}]}');
show search_path;
select eventlog.retire_event_type('seen');
show search_path;
select eventlog.create_log('other', require_tenant => false);
select eventlog.set_default_log('other');
show search_path;
drop trigger eventlog_gate on app.other;
-- (DDL of one's own is another thing: the event trigger has just set the session's.)
show search_path;
set search_path = app, public;
select eventlog.repair_log('other') as done order by 1;
show search_path;
select eventlog.create_event_view('v', 'events', '{"t": "type"}');
show search_path;
select current_setting('work_mem') = :'work_mem' as work_mem_kept;
-- The same where the function fails half way.
select eventlog.register_event_type('');
select eventlog.create_log('events');
show search_path;
do $$ begin
    perform eventlog.create_log('events');
exception when duplicate_table then
    raise notice 'search_path: %', current_setting('search_path');
end $$;
-- A name without a schema is looked for where the caller would.
select to_regclass('app.events'), to_regclass('app.v');
drop event trigger meddle;
