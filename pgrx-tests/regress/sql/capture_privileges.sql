-- Whoever may change a tracked table needs no right on its log; what runs there runs as the log's owner, and only there.
\pset null '<null>'
set client_min_messages = warning;
select from eventlog.create_log('public.events', require_tenant => false);
create view public.seen as select type, entity_id, payload from public.events order by seq;
create role capture_log_owner;
create role capture_owner;
create role capture_user;
create schema logs authorization capture_log_owner;
create schema shop authorization capture_owner;
grant usage on schema shop to capture_user;
grant usage on schema logs to capture_owner;
set role capture_log_owner;
select from eventlog.create_log('logs.events', require_tenant => false);
create table logs.heard (n int generated always as identity, who name, session name, path text, secret text);
-- The owner's own function, found by the search path: a caller who could lead it would have it run as the owner.
create function logs.whisper() returns text language sql as $$ select 'the owner''s' $$;
create function logs.hear() returns trigger language plpgsql as $$
declare
    heard text;
begin
    begin
        heard := whisper();
    exception when undefined_function then
        heard := 'no such function';
    end;
    insert into logs.heard (who, session, path, secret) values (current_user, session_user, current_setting('search_path'), heard);
    return null;
end $$;
create trigger hear after insert on logs.events for each row execute function logs.hear();
select from eventlog.grant_tracker('logs.events', 'capture_owner');
reset role;
set role capture_owner;
create table shop.items (id int primary key, v text);
grant select, insert, update, delete on shop.items to capture_user;
create function shop.meddle() returns trigger language plpgsql as $$
begin
    new.v := new.v || ' by ' || current_user;
    return new;
end $$;
create trigger meddle before insert or update on shop.items for each row execute function shop.meddle();
select from eventlog.track_changes('shop.items', log => 'logs.events');
reset role;

create schema evil authorization capture_user;
set role capture_user;
create function evil.whisper() returns text language sql as $$ select 'stolen from ' || current_user $$;
set search_path = evil, pg_catalog;
insert into shop.items values (1, 'a'), (2, 'b');
update shop.items set v = 'c' where id = 1;
delete from shop.items;
select * from logs.events;
select eventlog.log_event('items.created', log => 'logs.events');
reset search_path;
select current_user, current_setting('search_path') as path;
reset role;
select distinct who, path, secret from logs.heard;
select type, entity_id, actor_id, payload from logs.events order by seq;

-- Privileges of the table are those that count; capture asks for none of its own.
revoke select on shop.items from capture_user;
set role capture_user;
insert into shop.items values (3, 'x');
update shop.items set v = 'y';
reset role;
revoke insert on shop.items from capture_user;
set role capture_user;
insert into shop.items values (4, 'x');
reset role;
-- Through a definer's function.
set role capture_owner;
create function shop.add(int) returns void language sql security definer set search_path = pg_catalog, pg_temp as
    $$ insert into shop.items values ($1, 'definer') $$;
reset role;
set role capture_user;
select shop.add(5);
reset role;
-- Row-level security of the table holds; its events are those of the rows that changed.
alter table shop.items enable row level security;
create policy odd on shop.items to capture_user using (id % 2 = 1);
grant select on shop.items to capture_user;
insert into shop.items values (6, 'even');
set role capture_user;
update shop.items set v = 'z';
reset role;
select type, entity_id, payload from logs.events order by seq offset 5;

-- The capture triggers by hand, with the id of somebody else's tracking: the catalogue does not agree.
select tracking_id from eventlog.tracked_table \gset
set role capture_user;
create table evil.items (id int primary key, v text);
create trigger eventlog_track_insert after insert on evil.items referencing new table as new_rows for each statement
    execute function eventlog.capture_changes(:'tracking_id');
insert into evil.items values (1, 'forged');
drop trigger eventlog_track_insert on evil.items;
create trigger eventlog_track_insert after insert on evil.items referencing new table as new_rows for each statement
    execute function eventlog.capture_changes('no id');
insert into evil.items values (1, 'forged');
drop trigger eventlog_track_insert on evil.items;
create trigger forged after insert on evil.items referencing new table as new_rows for each statement
    execute function eventlog.capture_changes();
insert into evil.items values (1, 'forged');
drop trigger forged on evil.items;
create trigger forged before insert on evil.items for each row execute function eventlog.capture_changes(:'tracking_id');
insert into evil.items values (1, 'forged');
drop trigger forged on evil.items;
select eventlog.capture_changes();
insert into evil.items values (1, 'not forged');
create trigger forged before truncate on evil.items execute function eventlog.capture_changes(:'tracking_id');
truncate evil.items;
reset role;
-- And on the tracked table itself, but not as track_changes does it (see capture_forged_triggers).
create trigger forged after insert on shop.items for each row execute function eventlog.capture_changes(:'tracking_id');
insert into shop.items values (7, 'row');
drop trigger forged on shop.items;
create trigger forged after insert on shop.items for each statement execute function eventlog.capture_changes(:'tracking_id');
insert into shop.items values (7, 'no tables');
drop trigger forged on shop.items;
insert into shop.items values (77, 'as ever');
select type, entity_id from logs.events order by seq desc limit 1;

-- Where a capture trigger is disabled its changes go unseen, which the view shows; the others capture as ever.
alter table shop.items disable trigger eventlog_track_insert;
insert into shop.items values (8, 'unseen');
update shop.items set v = 'seen' where id = 8;
select type, entity_id from logs.events order by seq desc limit 1;
select state from eventlog.tracked_tables where relation = 'shop.items'::regclass;
select from eventlog.track_changes('shop.items', log => 'logs.events');
insert into shop.items values (88, 'seen');
select type, entity_id from logs.events order by seq desc limit 1;

-- A session that plays a replica writes no events, as no ordinary trigger fires there.
select count(*) as before from logs.events;
set session_replication_role = replica;
insert into shop.items values (9, 'replica');
truncate shop.items;
reset session_replication_role;
select count(*) as after from logs.events;

-- Without its row in the catalogue, or its log, a table is not changed at all.
insert into shop.items values (10, 'x');
begin;
delete from eventlog.tracked_table;
update shop.items set v = 'y';
rollback;
begin;
drop table logs.events cascade;
update shop.items set v = 'y';
rollback;
alter table logs.events disable trigger eventlog_gate;
update shop.items set v = 'y';
alter table logs.events enable always trigger eventlog_gate;
update shop.items set v = 'y';
select count(*) as after from logs.events;
