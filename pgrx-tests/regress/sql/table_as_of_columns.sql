-- Columns that have come, gone, or changed since: each is null where it cannot be known, and never of another time.
select eventlog.create_log('public.events', tenant_type => 'text', require_tenant => false);
create function public.now_is(name text) returns void language plpgsql as $$
begin
    execute format('select set_config(%L, clock_timestamp()::text, false)', 'is.' || name);
    perform pg_sleep(0.002);
end $$;
create table public.t (id int primary key, a text, b text, c int, d int, e varchar(5), status text);
select eventlog.track_changes('public.t', state_column => 'status');

insert into public.t values (1, 'a1', 'b1', 1, 1, 'e', 'new'), (2, 'a2', 'b2', 2, 2, 'e', 'new'), (3, 'a3', 'b3', 3, 3, 'e', 'new');
select public.now_is('start');
-- The second row changes, the third goes, and the first stays as it is.
update public.t set a = 'a2+', c = 20, d = 20, e = 'ee', status = 'old' where id = 2;
delete from public.t where id = 3;

-- Renamed: its past comes along, also where two swap their names.
alter table public.t rename column a to x;
alter table public.t rename column b to a;
alter table public.t rename column x to b;
alter table public.t rename column status to stage;
select * from eventlog.table_as_of(null::public.t, current_setting('is.start')::timestamptz) order by id;

-- Dropped, and another one of the same name: nothing of the old one shows.
alter table public.t drop column c;
alter table public.t add column c text default 'today';
select * from eventlog.table_as_of(null::public.t, current_setting('is.start')::timestamptz) order by id;
select public.now_is('added');
update public.t set c = 'changed' where id = 1;
select id, c from eventlog.table_as_of(null::public.t, current_setting('is.added')::timestamptz) order by id;

-- Another type: without USING the past is told in the new type, with it nothing is known of it.
alter table public.t alter column e type text;
alter table public.t alter column d type text using 'n' || d;
select * from eventlog.table_as_of(null::public.t, current_setting('is.start')::timestamptz) order by id;
select public.now_is('rewritten');
update public.t set d = 'later', e = 'longer than before', stage = 'last' where id = 2;
select id, d, e, stage from eventlog.table_as_of(null::public.t, current_setting('is.rewritten')::timestamptz) order by id;
select id, d, e, stage from eventlog.table_as_of(null::public.t, current_setting('is.added')::timestamptz) order by id;

-- The state of one entity has the names of its time.
select type, state from eventlog.entity_history('t', 2);
select eventlog.entity_state('t', 2), eventlog.entity_state('t', 2, current_setting('is.start')::timestamptz),
    eventlog.entity_state('t', 2, current_setting('is.rewritten')::timestamptz);
select eventlog.entity_state('t', 3, current_setting('is.start')::timestamptz);

-- A key that was another one then.
alter table public.t alter column id type text using 'k' || id;
select * from eventlog.table_as_of(null::public.t, current_setting('is.start')::timestamptz);
select id, a from eventlog.table_as_of(null::public.t, now() + interval '1 hour') order by id;
alter table public.t drop constraint t_pkey;
-- Where nobody watched.
alter event trigger eventlog_follow_drop disable;
alter event trigger eventlog_follow_ddl disable;
alter table public.t drop constraint t_pkey;
select * from eventlog.table_as_of(null::public.t, clock_timestamp());
