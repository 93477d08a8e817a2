-- Reading the past runs the checks of a table's domains, which the reader has not chosen: as the domain's owner.
select eventlog.create_log('public.events', tenant_type => 'text', require_tenant => false);
create role past_stranger;
create role past_other;
create schema attic authorization past_stranger;
grant all on schema attic to past_other;
set role past_stranger;
create function attic.look(text) returns boolean language plpgsql as $$
begin
    if (select rolsuper from pg_roles where rolname = current_user) then
        raise exception 'runs as a superuser';
    end if;
    return true;
end $$;
create domain attic.bait as text check (attic.look(value));
create type attic.box as (inside attic.bait);
create table attic.t (id attic.bait primary key, d attic.bait, b attic.box, l attic.bait[]);
select eventlog.create_log('attic.log', tenant_type => 'text', require_tenant => false);
select eventlog.track_changes('attic.t', log => 'attic.log');
insert into attic.t values ('1', 'x', row('x'), '{x}'), ('2', 'x', row('x'), '{x}');
reset role;
select clock_timestamp() as before, pg_sleep(0.002) \gset
set role past_stranger;
update attic.t set d = 'y', b = row('y'), l = null;
delete from attic.t where id = '2';
reset role;
select * from eventlog.table_as_of(null::attic.t, :'before') order by id;
select * from eventlog.table_as_of(null::attic.t, :'before', entity_ids => '{2}');

-- A check that fails today, in whatever way, makes a value unknown.
set role past_stranger;
create or replace function attic.look(text) returns boolean language plpgsql as $$ begin raise exception 'no'; end $$;
reset role;
select * from eventlog.table_as_of(null::attic.t, :'before') order by id;

-- Checks of several owners in one column are refused.
set role past_other;
create domain attic.more as text check (value <> '');
create type attic.both as (a attic.bait, b attic.more);
create table attic.u (id int primary key, b attic.both);
reset role;
alter type attic.both owner to past_stranger;
alter table attic.u owner to past_stranger;
set role past_stranger;
select eventlog.track_changes('attic.u', log => 'attic.log');
select * from eventlog.table_as_of(null::attic.u, clock_timestamp());
insert into attic.u values (1, null);
select clock_timestamp() as before, pg_sleep(0.002) \gset
update attic.u set b = null;
delete from attic.u;
select * from eventlog.table_as_of(null::attic.u, :'before');
reset role;

-- Called by hand, the functions behind it do no more than that.
select eventlog._past_row(1, '{}', '{}', null, '{}', 1);
select eventlog._past_row(row(1, 2), '{}', '{}', null, '{}', 1);
select eventlog._past_row(null::attic.t, '{"row": "gone", "values": {"d": 7}, "lost": {"b": 1}}', '{id}', null, null, 0);
select eventlog._past_row(null::attic.t, null, null, null, null, null);
select eventlog._past_key(null::attic.t, '{id}', '1'), eventlog._past_key(null::attic.t, '{nothing}', '1'), eventlog._past_key(null::attic.t, null, null);
select eventlog._spell_keys(null::attic.t, '{id}', '{b,a,a}'), eventlog._spell_keys(null::attic.t, '{}', '{a}');
select eventlog._key_tells_apart(null::attic.t, '{id}'), eventlog._key_tells_apart(null::attic.t, null);
select eventlog._tenant_text(null::text, 'uuid'), eventlog._tenant_text('x'::text, 'uuid'), eventlog._tenant_text(7, 'bigint'), eventlog._tenant_text(now() is null, 'text');
select eventlog._end_reading(-1);

reassign owned by past_stranger, past_other to current_user;
drop owned by past_stranger, past_other;
drop role past_stranger, past_other;
