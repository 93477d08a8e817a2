-- The database's owner may insert rows into the catalogue, for restores. While the catalogue does not know a log, as
-- after "drop extension", nobody can tell who may write it; when its owner puts it back, that is settled.
create role regress_hostile_installer;
create role regress_hostile_victim;
do $$ begin execute format('alter database %I owner to regress_hostile_installer', current_database()); end $$;
grant create on schema public to regress_hostile_victim, regress_hostile_installer;
set role regress_hostile_victim;
select eventlog.create_log('public.events', tenant_type => 'text', unregistered => 'allow', require_tenant => false);
select log_id from eventlog.log \gset
set role regress_hostile_installer;
create table public.forge (id int primary key);
select eventlog.track_changes('public.forge', log => 'public.events');
insert into eventlog.tracked_table (tracking_id, relation, log_id, entity_type, carry_values, tracked_by)
values ('00000000-0000-7000-8000-000000000001', 'public.forge', :'log_id', 'x', true, 'me');

reset role;
drop extension pg_eventlog cascade;
create extension pg_eventlog;
set role regress_hostile_installer;
insert into eventlog.tracked_table (tracking_id, relation, log_id, entity_type, carry_values, tracked_by)
values ('00000000-0000-7000-8000-000000000001', 'public.forge', :'log_id', 'x', true, 'me');
create trigger eventlog_track before insert or update or delete or truncate on public.forge
    for each statement execute function eventlog.capture_changes('00000000-0000-7000-8000-000000000001');
create trigger eventlog_track_delete after delete on public.forge referencing old table as old_rows
    for each statement execute function eventlog.capture_changes('00000000-0000-7000-8000-000000000001');
create trigger eventlog_track_insert after insert on public.forge referencing new table as new_rows
    for each statement execute function eventlog.capture_changes('00000000-0000-7000-8000-000000000001');
create trigger eventlog_track_update after update on public.forge referencing old table as old_rows new table as new_rows
    for each statement execute function eventlog.capture_changes('00000000-0000-7000-8000-000000000001');
insert into public.forge values (1);
set role regress_hostile_victim;
select * from eventlog.repair_log('public.events');
set role regress_hostile_installer;
insert into public.forge values (1);
reset role;
select count(*) from public.events;
select relation is null as ended, tracked_by from eventlog.tracked_table;
do $$ begin execute format('alter database %I owner to %I', current_database(), current_user); end $$;
drop owned by regress_hostile_installer, regress_hostile_victim cascade;
drop role regress_hostile_installer, regress_hostile_victim;
