-- A sequence that stands behind the events is found and moved, without a look at every row.
select eventlog.create_log('public.events', tenant_type => 'text', require_tenant => false, unregistered => 'allow');
select eventlog.create_log('public.parted', require_tenant => false, unregistered => 'allow', partition_interval => '1 month');
create table t (id int primary key, v text);
insert into t values (2, 'c');
select eventlog.track_changes('t', log => 'events');
create view public.found as
select object, finding, remedy from eventlog.doctor() where finding like '%sequence%' order by 1;
select * from public.found;
-- what a subscription leaves, or an owner who imports
insert into events (seq, type, payload, entity_type, entity_id) values
    (1, 't.created', '{"initial_values": {"id": 2, "v": "b"}}', 't', '2'),
    (2, 't.updated', '{"changes": {"v": {"old": "b", "new": "c"}}}', 't', '2');
insert into parted (seq, type, payload, recorded_at) values (70, 'x', '{}', '2001-01-01'), (50, 'x', '{}', now());
select * from public.found;
select * from eventlog.repair_log('events');
select * from eventlog.repair_log('parted');
select * from public.found;
select * from eventlog.repair_log('events');
update t set v = 'NEW' where id = 2;
select seq, type from events order by recorded_at, seq;
select eventlog.entity_state('t', 2) as by_the_log, (select to_jsonb(t) from t) as row_now;
insert into parted (type, payload) values ('x', '{}') returning seq;

-- Never drawn from, drawn from, set back; and where the events are fewer than the numbers nothing is done.
select setval('parted_seq_seq', 71, false);
select * from public.found;
select setval('parted_seq_seq', 70, true);
select * from eventlog.repair_log('parted');
select setval('parted_seq_seq', 71, true);
select * from eventlog.repair_log('parted');
select setval('parted_seq_seq', 1000);
select * from eventlog.repair_log('parted');
select last_value, is_called from parted_seq_seq;

-- A load that lies below many newer rows is known from ANALYZE, or from an index on seq.
insert into events (seq, type, payload) select 100000 + n, 'loaded', '{}' from generate_series(1, 100) n;
insert into events (type, payload) select 'live', jsonb_build_object('n', n) from generate_series(1, 6000) n;
select pg_relation_size('events') / 8192 > 80 as large;
select count(*) from public.found;
begin;
set local default_statistics_target = 1000;
analyze events;
select object, finding ~ 'and one that is there has 10\d{4}$' as found from public.found;
rollback;
create index on events (seq);
select object, finding ~ 'and one that is there has 100100$' as found from public.found;
-- As the owner, who is no superuser; others are told nothing about rows that they cannot read.
create role regress_seq_owner;
create role regress_seq_monitor;
grant select on public.found to regress_seq_owner, regress_seq_monitor;
grant pg_monitor to regress_seq_monitor;
alter table events owner to regress_seq_owner;
alter table events_key owner to regress_seq_owner;
alter table events_rejected owner to regress_seq_owner;
set role regress_seq_monitor;
select count(*) from public.found;
reset role;
set role regress_seq_owner;
select * from eventlog.repair_log('events');
insert into events (type, payload) values ('x', '{}') returning seq;
reset role;

-- The greatest number of all leaves none to move to.
insert into parted (seq, type, payload) values (9223372036854775807, 'x', '{}');
select * from eventlog.repair_log('parted');
insert into parted (type, payload) values ('x', '{}') returning seq;

-- A sequence whose numbers do not rise in the order in which they are drawn.
alter sequence events_seq_seq cache 20 cycle;
select * from public.found where object <> 'public.parted';
select * from eventlog.repair_log('events');
select seqcache, seqcycle, seqincrement from pg_sequence where seqrelid = 'events_seq_seq'::regclass;

alter table events owner to current_user;
alter table events_key owner to current_user;
alter table events_rejected owner to current_user;
drop owned by regress_seq_owner, regress_seq_monitor;
drop role regress_seq_owner, regress_seq_monitor;
