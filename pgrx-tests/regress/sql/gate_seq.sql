-- A seq that did not come from the log's sequence in the same transaction would stand where readers have been already:
-- whoever is not the owner cannot give one, whichever way the event comes. The default's own numbers always pass.
select eventlog.create_log('public.events', require_tenant => false, unregistered => 'allow');
select eventlog.create_log('public.parted', require_tenant => false, unregistered => 'allow', partition_interval => '1 month');
create role regress_gate_seq;
create schema regress_gate_seq authorization regress_gate_seq;
-- More than grant_writer gives: every column, and partitions.
grant insert, select on all tables in schema public to regress_gate_seq;
set role regress_gate_seq;

insert into public.events (type, payload, seq) values ('x', '{}', 5);
\set VERBOSITY terse
insert into public.events (type, payload, seq) values ('x', '{}', 0), ('x', '{}', default);
insert into public.events (type, payload, seq) values ('x', '{}', default), ('x', '{}', 1);
insert into public.events (type, payload, seq) values ('x', '{}', null);
insert into public.events (type, payload, seq) values ('x', '{}', nextval('public.events_seq_seq'));
insert into public.parted (type, payload, seq) values ('x', '{}', 5);
insert into public.parted_default (type, payload, seq, recorded_at) values ('x', '{}', 5, '2001-01-01');
copy public.events (type, payload, seq) from stdin;
x	{}	5
\.
merge into public.events e using (values (1)) v on false when not matched then insert (type, payload, seq) values ('x', '{}', 7);
prepare one(bigint) as insert into public.events (type, payload, seq) values ('x', '{}', $1);
execute one(8);
-- of another log, of a sequence of one's own
insert into public.events (type, payload, seq) values ('x', '{}', eventlog.new_seq('public.parted_seq_seq'));
create sequence regress_gate_seq.mine;
insert into public.events (type, payload, seq) values ('x', '{}', eventlog.new_seq('regress_gate_seq.mine'));
-- drawn in a transaction that has ended, and twice
select eventlog.new_seq('public.events_seq_seq') as drawn \gset
insert into public.events (type, payload, seq) values ('x', '{}', :drawn);
begin;
select eventlog.new_seq('public.events_seq_seq') as drawn \gset
insert into public.events (type, payload, seq) values ('drawn before', '{}', :drawn);
insert into public.events (type, payload, seq) values ('x', '{}', :drawn);
rollback;

-- What the default draws.
insert into public.events (type, payload) values ('one', '{}');
insert into public.events (type, payload, seq) values ('two', '{}', default), ('three', '{}', default);
insert into public.events (type, payload) select 'many', jsonb_build_object('n', n) from generate_series(1, 3000) n;
-- others in between: a function in a later column, and one in an exception block that fails
create function regress_gate_seq.log(n int, fail boolean) returns jsonb language plpgsql as $$
begin
    perform eventlog.log_event('inner', log => 'public.events'), eventlog.log_event('inner', log => 'public.parted');
    begin
        perform eventlog.log_event('undone', log => 'public.events');
        if fail then
            raise division_by_zero;
        end if;
    exception when division_by_zero then
        null;
    end;
    return jsonb_build_object('n', n);
end $$;
insert into public.events (type, payload) select 'outer', regress_gate_seq.log(n, true) from generate_series(1, 3) n;
insert into public.parted (type, payload) select 'outer', regress_gate_seq.log(n, n = 2) from generate_series(1, 3) n;
insert into public.parted_default (type, payload, recorded_at) values ('old', '{}', '2001-01-01');
copy public.events (type, payload) from stdin;
copied	{"n": 1}
copied	{"n": 2}
copied	{"n": 3}
\.
merge into public.events e using generate_series(1, 2) v on false when not matched then insert (type, payload) values ('merged', '{}');
insert into public.events (type, payload) values ('conflict', '{}') on conflict do nothing;
prepare two as insert into public.events (type, payload) values ('prepared', '{}') returning seq = currval('public.events_seq_seq') as last;
execute two;
execute two;
begin;
savepoint s;
insert into public.events (type, payload) values ('x', '{}');
rollback to s;
insert into public.events (type, payload) values ('after a savepoint', '{}');
commit;
select count(*) from eventlog.log_events('[{"type": "batch"}, {"type": "batch"}]', log => 'public.events');
select type, count(*), count(distinct seq) = count(*) as once, count(distinct xid) as transactions,
    bool_and(eventlog.is_visible(xid, pg_current_snapshot())) as visible
from public.events group by type order by min(seq);
select type, count(*), count(distinct seq) = count(*) as once from public.parted group by type order by type;
reset role;

-- A trigger of the owner's before the gate may write other events, and suppress rows. A number that it makes up is no better.
create function public.first() returns trigger language plpgsql as $$
begin
    if new.type = 'again' then
        perform eventlog.log_event('by a trigger', log => 'public.events');
    elsif new.type = 'never' then
        return null;
    elsif new.type = 'moved' then
        new.seq := new.seq + 100000;
    end if;
    return new;
end $$;
create trigger a_first before insert on public.events for each row execute function public.first();
set role regress_gate_seq;
insert into public.events (type, payload) values ('again', '{}'), ('again', '{}');
insert into public.events (type, payload)
select case when n = 3000 then 'again' else 'never' end, '{}' from generate_series(1, 3000) n;
insert into public.events (type, payload) values ('moved', '{}');
reset role;
select type, count(*) from public.events where type in ('again', 'by a trigger', 'never', 'moved') group by type order by type;
drop trigger a_first on public.events;

-- The owner brings history with its numbers, as a restore does.
insert into public.events (type, payload, seq, xid, origin) values ('history', '{}', -5, 12345, 1);
select type, seq, xid from public.events where type = 'history';

-- A default of somebody's is as good as none: found, and put back.
alter table public.events alter seq set default nextval('public.events_seq_seq'), alter xid set default pg_current_xact_id()::text::bigint;
alter table public.parted_default alter seq drop default;
alter sequence public.parted_seq_seq rename to renamed;
set role regress_gate_seq;
insert into public.events (type, payload) values ('x', '{}');
insert into public.parted (type, payload) values ('after a rename', '{}');
reset role;
select object, finding, remedy from eventlog.doctor() where finding like '%default%';
select * from eventlog.repair_log('public.events');
select * from eventlog.repair_log('public.parted');
select * from eventlog.repair_log('public.events');
set role regress_gate_seq;
insert into public.events (type, payload) values ('x', '{}');
reset role;
select pg_get_serial_sequence('public.events', 'seq'), pg_get_serial_sequence('public.parted', 'seq');
select attrelid::regclass, attname, pg_get_expr(adbin, adrelid)
from pg_attrdef join pg_attribute on attrelid = adrelid and attnum = adnum
where attrelid in ('public.events'::regclass, 'public.parted_default'::regclass) and attname in ('xid', 'seq')
order by attrelid::regclass::text, attnum;

-- Called by hand, with what is no sequence of a log.
select eventlog.new_seq(null);
select eventlog.new_seq(0);
-- Postgres words this in two ways.
do $$ begin
    perform eventlog.new_seq('public.events');
exception when wrong_object_type then
    raise notice 'refused, as no sequence';
end $$;
create sequence public.secret;
set role regress_gate_seq;
select eventlog.new_seq('public.secret');
reset role;
begin read only;
select eventlog.new_seq('public.events_seq_seq');
rollback;

-- What is visible, at the borders: a bigint stands for the xid8 of the same bits.
select xid, eventlog.is_visible(xid, '10:20:12,15') as seen
from unnest(array[null, 0, 9, 10, 12, 13, 15, 19, 20, 9223372036854775807, -1, -9223372036854775808]::bigint[]) xid;
select eventlog.is_visible(-1, null) is null as null_snapshot,
    eventlog.new_xid() = pg_current_xact_id()::text::bigint as current;

drop schema regress_gate_seq cascade;
drop owned by regress_gate_seq;
drop role regress_gate_seq;
