-- Tracking goes on while columns come, go and change; what happened to them is noted.
select eventlog.create_log('public.events', require_tenant => false, tenant_type => 'bigint');
create domain public.team as int;
create table public.campaigns (
    id int primary key,
    team_id public.team,
    name text,
    status text,
    budget numeric,
    deleted_at timestamptz
);
create view public.notes as
select t.entity_type, c.action, c.column_name, c.new_name
from eventlog.column_change c join eventlog.tracked_table t on t.tracking_id = c.tracking_id
order by c.id;
create view public.options as
select relation, fields, ignore, tenant_column, state_column, deleted_column, state from eventlog.tracked_tables;

-- All columns are tracked.
select eventlog.track_changes('campaigns', ignore => '{budget}', tenant_column => 'team_id', state_column => 'status',
    deleted_column => 'deleted_at');
alter table public.campaigns rename column name to title;
alter table public.campaigns rename status to state;
alter table if exists only public.campaigns rename column team_id to "Team";
alter table public.campaigns rename column budget to money;
alter table public.campaigns rename column deleted_at to gone_at;
table public.options;
alter table public.campaigns add column a int, add column b text, add c int generated always as (id * 2) stored;
alter table public.campaigns add column if not exists a int, add column if not exists d int;
alter table if exists public.campaigns
    alter column a type bigint,
    alter column b type jsonb using to_jsonb(b),
    alter column money type text using money || '!',
    add column e int;
alter table public.campaigns drop column c, drop column if exists zzz, drop column money;
alter table public.campaigns drop column a, add column a text;
alter table if exists public.nothing add column x int;
alter table public.campaigns alter column title set default 'x', alter column title set not null;
alter table public.campaigns rename constraint campaigns_pkey to the_key;
table public.notes;
table public.options;
insert into public.campaigns (id, "Team", title, state) values (1, 7, 't', 'new');
update public.campaigns set title = 'u', state = 'old', e = 5;
select type, tenant_id, payload from public.events order by seq;

-- What it cannot do without stays.
alter table public.campaigns drop column state;
alter table public.campaigns drop column gone_at cascade;
alter table public.campaigns drop column "Team", drop column e;
drop domain public.team cascade;
alter table public.campaigns drop column id;
alter table public.campaigns drop constraint the_key;
alter table public.campaigns drop constraint the_key, add primary key (title);
alter table public.campaigns drop column id, add column id serial primary key;
alter table public.campaigns alter column "Team" type text;
alter table public.campaigns alter column "Team" type date using '2020-01-01';
alter table public.campaigns alter column id type bigint;
alter table public.campaigns add constraint positive check (id > 0);
alter table public.campaigns drop constraint positive;
create table public.small (n int primary key);
create type public.row_type as (n int);
select eventlog.track_changes('small');
alter table public.small of public.row_type;
drop table public.small;
table public.options;

-- Some columns are tracked.
select eventlog.track_changes('campaigns', fields => '{title,b}');
select action, column_name from public.notes offset 14;
alter table public.campaigns add column f int;
alter table public.campaigns rename column d to dd;
alter table public.campaigns alter column dd type text using 'x';
alter table public.campaigns drop column dd;
alter table public.campaigns rename column b to bb;
alter table public.campaigns drop column title;
select action, column_name, new_name from public.notes offset 20;
table public.options;
alter table public.campaigns drop column bb;
table public.options;
alter table public.campaigns drop column state, drop column "Team";

-- Through a parent, and a type that goes.
create type public.mood as enum ('good', 'bad');
create table public.parted (id int, region text, mood public.mood, v int, primary key (id, region)) partition by list (region);
create table public.parted_a partition of public.parted for values in ('a');
select eventlog.track_changes('parted');
alter table public.parted rename v to w;
alter table public.parted add column x int, alter column w type text using 'w';
drop type public.mood cascade;
alter table public.parted drop column x;
select * from public.notes where entity_type = 'parted';

-- Other tables are none of its business, whatever their columns are called.
create table public.other (id int primary key, title text, v int);
alter table public.other rename v to w;
alter table public.other drop column title, add column title text, drop constraint other_pkey;
select count(*) from public.notes;

-- What is rolled back has not happened.
begin;
alter table public.parted add column y int;
savepoint s;
alter table public.parted rename column y to z;
rollback to s;
commit;
begin;
alter table public.parted drop column y;
rollback;
select * from public.notes where entity_type = 'parted' offset 5;
