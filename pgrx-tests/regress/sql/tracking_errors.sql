-- What cannot be tracked, and how it says so.
select eventlog.create_log('public.events');
select eventlog.create_log('public.numbers', tenant_type => 'bigint');
select eventlog.create_log('public.narrow', require_tenant => false, max_payload_bytes => 24);
create schema app;
create domain app.number as bigint;
create domain app.flag as boolean;
create table app.t (
    id int,
    tenant uuid,
    tenant_text varchar(40),
    tenant_number app.number,
    tenant_date date,
    name text,
    status text,
    deleted_at timestamptz,
    never timestamptz not null default now(),
    gone boolean not null default false,
    dropped int,
    constraint t_pkey primary key (id)
);
alter table app.t drop column dropped;

-- relations
create view app.a_view as select 1 as n;
create materialized view app.a_matview as select 1 as n;
create sequence app.a_sequence;
create type app.a_type as (id int);
create table app.typed of app.a_type (primary key (id));
create foreign data wrapper nowhere;
create server nowhere foreign data wrapper nowhere;
create foreign table app.a_foreign_table (id int) server nowhere;
create temporary table a_temporary_table (id int primary key);
create table app.keyless (id int unique not null);
create table app.parted (id int primary key) partition by range (id);
create table app.parted_1 partition of app.parted for values from (1) to (2);
create table app.foreign_below (id int not null) partition by range (id);
create foreign table app.below partition of app.foreign_below for values from (2) to (3) server nowhere;
create table app.parent (id int primary key);
create table app.child (primary key (id)) inherits (app.parent);
select eventlog.track_changes(null);
select eventlog.track_changes('app.nothing');
select eventlog.track_changes(0);
select eventlog.track_changes('app.a_view');
select eventlog.track_changes('app.a_matview');
select eventlog.track_changes('app.a_sequence');
select eventlog.track_changes('app.a_type');
select eventlog.track_changes('app.t_pkey');
select eventlog.track_changes('app.a_foreign_table');
select eventlog.track_changes('app.typed');
select eventlog.track_changes('a_temporary_table');
select eventlog.track_changes('pg_class');
select eventlog.track_changes('information_schema.sql_features');
select eventlog.track_changes('eventlog.event_type');
select eventlog.track_changes('events');
select eventlog.track_changes('events_key');
select eventlog.track_changes('app.keyless');
select eventlog.track_changes('app.parted_1');
select eventlog.track_changes('app.foreign_below');
select eventlog.track_changes('app.parent');
select eventlog.track_changes('app.child');
\set VERBOSITY sqlstate
do $$
begin
    execute format('select eventlog.track_changes(%s)', (select reltoastrelid from pg_class where oid = 'app.t'::regclass));
end
$$;
\set VERBOSITY default

-- entity types
select eventlog.track_changes('app.t', '');
select eventlog.track_changes('app.t', ' t');
select eventlog.track_changes('app.t', E't\n');
select eventlog.track_changes('app.t', repeat('x', 242));
select eventlog.track_changes('app.t', repeat('猫', 170));

-- columns
select eventlog.track_changes('app.t', fields => '{}');
select eventlog.track_changes('app.t', fields => '{name,null}');
select eventlog.track_changes('app.t', fields => '{name,name}');
select eventlog.track_changes('app.t', fields => '{name,nome}');
select eventlog.track_changes('app.t', fields => '{Name}');
select eventlog.track_changes('app.t', fields => '{dropped}');
select eventlog.track_changes('app.t', fields => '{ctid}');
select eventlog.track_changes('app.t', fields => '{""}');
select eventlog.track_changes('app.t', ignore => '{}');
select eventlog.track_changes('app.t', ignore => '{null}');
select eventlog.track_changes('app.t', ignore => '{a,a}');
select eventlog.track_changes('app.t', ignore => '{nome}');
select eventlog.track_changes('app.t', fields => '{name,status}', ignore => '{status}');
select eventlog.track_changes('app.t', ignore => '{status}', state_column => 'status');
select eventlog.track_changes('app.t', ignore => '{deleted_at}', deleted_column => 'deleted_at');
select eventlog.track_changes('app.t', state_column => 'status', deleted_column => 'status');
select eventlog.track_changes('app.t', state_column => 'state');
select eventlog.track_changes('app.t', state_column => '');
select eventlog.track_changes('app.t', state_column => 'id');
select eventlog.track_changes('app.t', deleted_column => 'id');
select eventlog.track_changes('app.t', deleted_column => 'deleted');
select eventlog.track_changes('app.t', deleted_column => 'never');
select eventlog.track_changes('app.t', tenant_column => 'team');
select eventlog.track_changes('app.t', tenant_column => 'tenant_date');
select eventlog.track_changes('app.t', tenant_column => 'id');
select eventlog.track_changes('app.t', tenant_column => 'tenant', log => 'numbers');
select eventlog.track_changes('app.t', carry_values => null);

-- logs
select eventlog.track_changes('app.t', log => 'app.keyless');
select eventlog.track_changes('app.t', state_column => 'status', log => 'narrow');
alter table public.numbers disable trigger eventlog_gate;
select eventlog.track_changes('app.t', log => 'numbers');
alter table public.numbers enable trigger eventlog_gate;

-- Nothing of all this has left a trace.
select count(*) from eventlog.tracked_table;
select count(*) from eventlog.event_type;
select count(*) from pg_trigger where tgname like 'eventlog_track%';
select action, object from eventlog.admin_log order by id;

-- What passes where its like did not.
select eventlog.track_changes('app.t', tenant_column => 'tenant_text', deleted_column => 'gone');
select eventlog.track_changes('app.t', tenant_column => 'tenant', deleted_column => 'gone');
select eventlog.untrack_changes('app.t');
select eventlog.track_changes('app.t', tenant_column => 'tenant_number', log => 'numbers');
select eventlog.track_changes('app.t', tenant_column => 'tenant_text', log => 'numbers');
select eventlog.track_changes('app.t', tenant_column => 'id', log => 'numbers');

-- One table tells the life of a kind of entity.
create schema shop;
create table shop.t (id int primary key);
select eventlog.track_changes('shop.t', log => 'numbers');
select eventlog.track_changes('shop.t', entity_type => 'shop_t', log => 'numbers');
select eventlog.track_changes('shop.t', log => 'events');
select eventlog.track_changes('shop.t', log => 'numbers');

-- untrack_changes
select eventlog.untrack_changes(null);
select eventlog.untrack_changes(0);
select eventlog.untrack_changes('app.a_view');
select eventlog.untrack_changes('app.keyless');

-- The trigger functions are none to be called or hung elsewhere.
select eventlog.follow_ddl();
select eventlog.follow_drop();
select eventlog._capture_new_partitions();
select eventlog._tracked_misfit();
