-- Whoever has TRIGGER on a tracked table hangs the capture function there by hand: none of these triggers is obeyed.
create role regress_forge_owner;
create role regress_forge_hanger;
grant create on schema public to regress_forge_owner;
set role regress_forge_owner;
select from eventlog.create_log('public.events', tenant_type => 'text', require_tenant => false);
create table public.t (id int primary key, v int);
create table public.p (id int primary key, v int) partition by range (id);
create table public.p_1 partition of public.p for values from (1) to (10);
select from eventlog.track_changes('t', log => 'events');
select from eventlog.track_changes('p', log => 'events');
grant all on public.t, public.p, public.p_1 to regress_forge_hanger;
insert into public.t values (1, 1);
insert into public.p values (1, 1);
set role regress_forge_hanger;
select tracking_id as id from eventlog.tracked_table where relation = 'public.t'::regclass \gset
select tracking_id as p_id from eventlog.tracked_table where relation = 'public.p'::regclass \gset

-- Half of what an update shows would be a row that came or went.
create trigger z after update on public.t referencing new table as n for each statement
    execute function eventlog.capture_changes(:'id');
update public.t set v = v;
reset role;
drop trigger z on public.t;
set role regress_forge_hanger;
create trigger z after update on public.t referencing old table as o for each statement
    execute function eventlog.capture_changes(:'id');
update public.t set v = v;
reset role;
drop trigger z on public.t;
set role regress_forge_hanger;
-- The past for the present.
create trigger z after update on public.t referencing old table as new_rows new table as old_rows for each statement
    execute function eventlog.capture_changes(:'id');
update public.t set v = 2;
reset role;
drop trigger z on public.t;
set role regress_forge_hanger;
-- Each event twice.
create trigger eventlog_track_update2 after update on public.t referencing old table as old_rows new table as new_rows
    for each statement execute function eventlog.capture_changes(:'id');
update public.t set v = 2;
reset role;
-- The owner needs not know their names: track_changes takes off whatever does not belong there.
set role regress_forge_owner;
select state from eventlog.tracked_tables where relation = 'public.t'::regclass;
select from eventlog.track_changes('t', log => 'events');
select detail -> 'triggers' as triggers from eventlog.admin_log order by id desc limit 1;
reset role;
select detail -> 'triggers' as triggers from eventlog.admin_log order by id desc limit 1;
-- For each row, before it, instead of the statement; on a partition, with the parent's id.
set role regress_forge_hanger;
create trigger z after insert on public.t for each row execute function eventlog.capture_changes(:'id');
insert into public.t values (2, 2);
reset role;
drop trigger z on public.t;
set role regress_forge_hanger;
create trigger z before insert on public.t for each statement execute function eventlog.capture_changes(:'id');
insert into public.t values (2, 2);
reset role;
drop trigger z on public.t;
set role regress_forge_hanger;
create constraint trigger z after update on public.t deferrable initially deferred for each row
    execute function eventlog.capture_changes(:'id');
update public.t set v = 2;
reset role;
drop trigger z on public.t;
set role regress_forge_hanger;
create trigger z after update on public.p_1 referencing new table as new_rows for each statement
    execute function eventlog.capture_changes(:'p_id');
update public.p_1 set v = 2;
reset role;
drop trigger z on public.p_1;

-- The very triggers, made anew as something else.
set role regress_forge_hanger;
create or replace trigger eventlog_track_update after update on public.t referencing old table as new_rows
    new table as old_rows for each statement execute function eventlog.capture_changes(:'id');
create or replace trigger eventlog_track_update after update on public.t referencing new table as new_rows
    for each statement execute function eventlog.capture_changes(:'id');
create or replace trigger eventlog_track_update after update of v on public.t for each statement
    execute function eventlog.capture_changes(:'id');
create or replace trigger eventlog_track_update after update on public.t referencing old table as old_rows
    new table as new_rows for each statement when (false) execute function eventlog.capture_changes(:'id');
create or replace trigger eventlog_track_update after update on public.t referencing old table as old_rows
    new table as new_rows for each statement execute function eventlog.capture_changes(:'id', 'more');
create or replace trigger eventlog_track_update after update on public.t referencing old table as old_rows
    new table as new_rows for each statement execute function eventlog.capture_changes(:'p_id');
create or replace trigger eventlog_track_update after update on public.t for each row
    execute function suppress_redundant_updates_trigger();
create or replace trigger eventlog_track before update on public.p_1 for each row
    execute function suppress_redundant_updates_trigger();
create or replace trigger eventlog_gate before insert on public.t for each row
    execute function suppress_redundant_updates_trigger();
update public.t set v = 3;
update public.p_1 set v = 3;
reset role;
select relation, state from eventlog.tracked_tables order by 1;
select type, entity_id, payload from public.events order by seq;

-- The owner who did so hears of it, and track_changes puts it right.
set role regress_forge_owner;
create or replace trigger eventlog_track_update after update on public.t referencing old table as new_rows
    new table as old_rows for each statement execute function eventlog.capture_changes(:'id');
select state from eventlog.tracked_tables where relation = 'public.t'::regclass;
update public.t set v = 4;
alter trigger eventlog_track_insert on public.t rename to mine;
insert into public.t values (5, 5);
select from eventlog.track_changes('t', log => 'events');
update public.t set v = 4;
insert into public.t values (5, 5);
-- A rename of anything else leaves them what they are.
alter table public.t rename to renamed;
alter table public.renamed rename column v to w;
update public.renamed set w = 5 where id = 5;
alter table public.p detach partition public.p_1;
alter table public.p attach partition public.p_1 for values from (1) to (10);
update public.p_1 set v = 4;
select type, entity_id, payload from public.events order by seq offset 4;
reset role;
drop owned by regress_forge_owner, regress_forge_hanger;
drop role regress_forge_owner, regress_forge_hanger;
