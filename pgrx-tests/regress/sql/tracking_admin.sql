-- track_changes makes each change of a table an event; called again it brings the tracking to what was asked for.
select eventlog.create_log('public.events', tenant_type => 'text', require_tenant => false);
create table public.campaigns (
    id int primary key,
    team_id int not null,
    name text,
    status text,
    budget numeric,
    deleted_at timestamptz
);
select eventlog.track_changes('campaigns', fields => '{name,status,budget}', tenant_column => 'team_id',
    state_column => 'status', deleted_column => 'deleted_at');
select relation, log, entity_type, fields, ignore, tenant_column, state_column, deleted_column, carry_values, state,
    tracked_since > now() - interval '1 hour' as since, tracked_until, tracked_by
from eventlog.tracked_tables;
select t.tgname, t.tgenabled, obj_description(t.oid, 'pg_trigger'),
    replace(pg_get_triggerdef(t.oid), k.tracking_id::text, 'ID')
from pg_trigger t join eventlog.tracked_table k on k.relation = t.tgrelid
order by 1;
-- Nothing of it is in the taxonomy.
select count(*) from eventlog.event_types;

-- Each change is an event.
insert into public.campaigns values (1, 7, 'a', 'draft', 10);
update public.campaigns set name = 'b', status = 'live';
delete from public.campaigns;
select type, tenant_id, entity_id, payload from public.events order by seq;
truncate public.campaigns;

-- The same again changes nothing, in whatever order the lists are.
create view public.record as
select action, object, detail - 'tracking_id' as detail from eventlog.admin_log order by id;
select count(*) from public.record;
select eventlog.track_changes('campaigns', fields => '{budget,status,name}', tenant_column => 'team_id',
    state_column => 'status', deleted_column => 'deleted_at');
select count(*) from public.record;
select * from public.record where object = 'public.campaigns';

-- What is missing or switched off comes back.
alter table public.campaigns disable trigger eventlog_track_insert;
drop trigger eventlog_track_delete on public.campaigns;
select state from eventlog.tracked_tables;
select eventlog.track_changes('campaigns', fields => '{budget,status,name}', tenant_column => 'team_id',
    state_column => 'status', deleted_column => 'deleted_at');
select state from eventlog.tracked_tables;
select detail -> 'triggers' as triggers from public.record where object = 'public.campaigns' offset 1;
alter table public.campaigns enable always trigger eventlog_track;
select state from eventlog.tracked_tables;

-- Other options: the tracking stays, and what is tracked from now on is noted.
select eventlog.track_changes('campaigns', ignore => '{budget}', state_column => 'status', carry_values => false);
select tracking_id = (select tracking_id from eventlog.tracked_table) as same, fields, ignore, tenant_column,
    deleted_column, carry_values
from eventlog.tracked_tables;
select action, column_name, new_name from eventlog.column_change order by id;
insert into public.campaigns values (1, 7, 'a', 'draft', 10);
update public.campaigns set budget = 11;
delete from public.campaigns;
select type, tenant_id, entity_id, payload from public.events order by seq offset 4;
-- And back.
select eventlog.track_changes('campaigns', state_column => 'status');

-- Another entity type, or another log, is another history.
select eventlog.track_changes('campaigns', entity_type => 'campaign');
select eventlog.create_log('public.second');
select eventlog.track_changes('campaigns', entity_type => 'campaign', log => 'second');
select relation, log, entity_type, state, tracked_until is not null as ended from eventlog.tracked_tables order by tracked_since;

-- A rename of the table or its schema changes nothing.
create schema app;
alter table public.campaigns rename to "Campaigns ü";
alter table public."Campaigns ü" set schema app;
alter schema app rename to shop;
select relation, state from eventlog.tracked_tables where state <> 'ended';

-- It ends; the events stay.
select eventlog.untrack_changes('shop."Campaigns ü"');
select eventlog.untrack_changes('shop."Campaigns ü"');
select count(*) from pg_trigger where tgname like 'eventlog_track%';
select relation, entity_type, state from eventlog.tracked_tables order by tracked_since;
select action, object, detail from public.record where action = 'untrack_changes';
insert into shop."Campaigns ü" values (1, 7);
select count(*) from public.events;

-- A name that needs quotes; and the defaults of log_event hold for log.
create table shop."Big ""Order""" ("Id" int, "Über" text, primary key ("Id"));
select eventlog.track_changes('shop."Big ""Order"""', fields => '{Über}', state_column => 'Über');
select relation, log, entity_type, fields, state_column, state from eventlog.tracked_tables where relation is not null;
set eventlog.default_log = 'public.second';
create table shop.more (id int primary key);
select eventlog.track_changes('shop.more');
select log from eventlog.tracked_tables where relation = 'shop.more'::regclass;
reset eventlog.default_log;

-- A table that has lost all its triggers had changes that nobody saw: its tracking begins anew.
do $$
declare
    t name;
begin
    for t in select tgname from pg_trigger where tgrelid = 'shop.more'::regclass loop
        execute format('drop trigger %I on shop.more', t);
    end loop;
end
$$;
select state from eventlog.tracked_tables where relation = 'shop.more'::regclass;
select eventlog.track_changes('shop.more', log => 'second');
select relation, state from eventlog.tracked_tables where entity_type = 'more' order by tracked_since;
