-- recorded_at is the clock's when its row is made: no reading that somebody has kept before.
create function public.nap() returns timestamptz language plpgsql as $$ begin perform pg_sleep(0.2); return clock_timestamp(); end $$;
select eventlog.create_log('public.events', tenant_type => 'text', require_tenant => false, unregistered => 'allow');
create role regress_backdater;
select eventlog.grant_service('public.events', 'regress_backdater');
set role regress_backdater;
-- In an earlier statement, with an id of the transaction and without.
begin;
select pg_current_xact_id() is not null, eventlog.new_occurred_at() is not null, eventlog.new_recorded_at() is not null;
insert into public.events (type, payload, occurred_at) values ('kept by hand', '{}', public.nap());
commit;
begin;
select eventlog.new_occurred_at() is not null, eventlog.new_recorded_at() is not null;
insert into public.events (type, payload, occurred_at) values ('kept without an xid', '{}', public.nap());
commit;
-- In the same one, for itself and for the next row.
insert into public.events (type, payload, occurred_at)
select 'kept in the statement', '{}', napped
from (select eventlog.new_occurred_at() as first, public.nap() as napped offset 0) s
where first is not null;
insert into public.events (type, payload, occurred_at)
values ('default', '{}', default), ('after a default', '{}', public.nap());
do $$
begin
    perform eventlog.new_recorded_at(), eventlog.new_occurred_at();
    insert into public.events (type, payload, occurred_at) values ('in a block', '{}', public.nap());
end $$;
-- And occurred_at is as recorded_at where none is given.
insert into public.events (type, payload) values ('one clock', '{}'), ('one clock', '{}');
insert into public.events (type, payload) select 'one clock', '{}' from generate_series(1, 100);
reset role;
-- A row's time is not before the nap that it took, and its id not before its time.
select type, count(*), bool_and(recorded_at >= occurred_at) as recorded_later, bool_and(recorded_at = occurred_at) as one_clock,
    bool_and(('x' || translate(left(id::text, 13), '-', ''))::bit(48)::bigint >= floor(extract(epoch from recorded_at) * 1000)) as ids_follow
from public.events
group by type
order by min(seq);
drop owned by regress_backdater;
drop role regress_backdater;
