-- A role without rights on a log holds it with no call, whatever the call answers: each stands in a transaction of its own,
-- and what it still locks at its end is shown.
create role regress_locks_owner;
create role regress_locks_stranger;
grant create on schema public to regress_locks_owner, regress_locks_stranger;
set role regress_locks_owner;
select from eventlog.create_log('public.events', tenant_type => 'text', require_tenant => false, unregistered => 'allow');
select from eventlog.create_log('public.parted', tenant_type => 'text', require_tenant => false, partition_interval => '1 month');
create table public.items (id int primary key);
select from eventlog.track_changes('items', log => 'events');
create table public.secret (id int primary key);
select min(c.oid::regclass::text) as part from pg_class c join pg_inherits i on i.inhrelid = c.oid
where i.inhparent = 'public.parted'::regclass \gset
reset role;
create view public.held as
select l.relation::regclass, l.mode
from pg_locks l
join pg_class c on c.oid = l.relation
where l.pid = pg_backend_pid() and l.locktype = 'relation' and pg_get_userbyid(c.relowner) = 'regress_locks_owner'
    and c.relkind in ('r', 'p');
grant select on public.held to public;
set role regress_locks_stranger;
create table public.mine (id int primary key);
begin;
select * from eventlog.validate_event('x', '{}', log => 'events');
select * from eventlog.validate_event('items.updated', '{}', log => 'events');
select * from eventlog.validate_event('x', '{}', log => 'parted');
select * from eventlog.validate_event('x', '{}', log => :'part');
select eventlog.export_taxonomy('events') is not null as exported;
select from eventlog.logs;
select from eventlog.event_types;
select from eventlog.tracked_tables;
select * from public.held;
rollback;
-- The others are refused, and where somebody goes on after that, nothing is held either.
create procedure public.try(sql text) language plpgsql as $$
begin
    begin
        execute sql;
        raise notice '%: passed', sql;
    exception when others then
        raise notice '%: % %', sql, sqlstate, sqlerrm;
    end;
    if exists (select from public.held) then
        raise notice 'holds %', (select string_agg(format('%s %s', relation, mode), ', ') from public.held);
    end if;
end $$;
begin;
call public.try($$select * from eventlog.validate_event('x', '{}', log => 'secret')$$);
call public.try($$select eventlog.log_event('x', log => 'events')$$);
call public.try($$select eventlog.log_event('x', log => 'secret')$$);
call public.try($$select * from eventlog.log_events('[]', 'events')$$);
call public.try($$select eventlog.emit_change('sold', 'items', 1, log => 'events')$$);
call public.try($$select * from eventlog.entity_history('items', 1, log => 'events')$$);
call public.try($$select eventlog.entity_state('items', 1, log => 'events')$$);
call public.try($$select eventlog.create_event_view('public.seen', 'events', '{"t": "type"}')$$);
call public.try($$select eventlog.register_event_type('x', log => 'events')$$);
call public.try($$select eventlog.retire_event_type('x', 'events')$$);
call public.try($$select eventlog.set_default_version('x', 1, 'events')$$);
call public.try($$select eventlog.import_taxonomy('{"types": []}', 'events')$$);
call public.try($$select eventlog.set_default_log('events')$$);
call public.try($$select eventlog.repair_log('events')$$);
select format('call public.try(%L)', format('select eventlog.forget_log(%L)', log_id)) from eventlog.log where relation = 'events'::regclass \gexec
call public.try($$select eventlog.make_append_only('events')$$);
call public.try($$select eventlog.release_append_only('events')$$);
call public.try($$select eventlog.isolate_tenants('events')$$);
call public.try($$select eventlog.release_tenants('events')$$);
call public.try($$select eventlog.grant_reader('events', 'regress_locks_stranger')$$);
call public.try($$select eventlog.grant_tracker('events', 'regress_locks_stranger')$$);
call public.try($$select eventlog.revoke_tracker('events', 'regress_locks_stranger')$$);
call public.try($$select eventlog.track_changes('mine', log => 'events')$$);
call public.try($$select eventlog.track_changes('mine', 'items', log => 'events')$$);
call public.try($$select eventlog.track_changes('items', log => 'events')$$);
call public.try($$select eventlog.untrack_changes('items')$$);
call public.try($$select * from eventlog.table_as_of(null::public.items, now())$$);
rollback;
reset role;
-- Nor does who may read the log hold the tracked tables, be their keys texts or what can be written in several ways.
set role regress_locks_owner;
create table public.prices (price numeric primary key, v int);
select from eventlog.track_changes('prices', log => 'events');
insert into public.items values (1);
insert into public.prices values (1.0, 1);
update public.prices set price = 1.00, v = 2;
grant select on public.events to regress_locks_stranger;
set role regress_locks_stranger;
begin;
select type from eventlog.entity_history('items', 1, log => 'events');
select type from eventlog.entity_history('prices', 1, log => 'events');
select eventlog.entity_state('items', 1, log => 'events'), eventlog.entity_state('prices', '1.000', log => 'events');
select * from public.held where relation::text in ('items', 'prices');
rollback;
reset role;
drop owned by regress_locks_owner, regress_locks_stranger cascade;
drop role regress_locks_owner, regress_locks_stranger;
