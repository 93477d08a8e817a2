-- repair_log gives a log's identity back to its own table, and not to one on which somebody else wrote it.
select eventlog.create_log('public.events', require_tenant => false, unregistered => 'allow');
select eventlog.register_event_type('good');
select eventlog.log_event('good', idempotency_key => 'k') is not null;
select log_id from eventlog.log \gset
create role regress_taker;
create schema taker authorization regress_taker;
-- The log's table is gone, and the catalogue remembers it.
drop table public.events;
set role regress_taker;
select eventlog.create_log('taker.bait', require_tenant => false);
select log_id as own from eventlog.log where relation = 'taker.bait'::regclass \gset

-- By a gate with its id.
drop trigger eventlog_gate on taker.bait;
create trigger eventlog_gate before insert on taker.bait for each row execute function eventlog.gate(:'log_id');
select eventlog.repair_log('taker.bait');
select eventlog.register_event_type('evil', log => 'taker.bait');
drop trigger eventlog_gate on taker.bait;
-- By the note beside the sequence. The catalogue knows better which log the table is.
select obj_description('taker.bait_seq_seq'::regclass, 'pg_class') as note \gset
\set ECHO none
select format('comment on sequence taker.bait_seq_seq is %L', replace(:'note', :'own', :'log_id')) \gexec
\set ECHO all
select eventlog.repair_log('taker.bait');
select log_id = :'own' as still_itself from eventlog.log where relation = 'taker.bait'::regclass;
-- On a table that it does not know.
create table taker.trap (like taker.bait including all);
create sequence taker.trap_seq_seq owned by taker.trap.seq;
alter table taker.trap alter seq set default nextval('taker.trap_seq_seq');
\set ECHO none
select format('comment on sequence taker.trap_seq_seq is %L', replace(:'note', :'own', :'log_id')) \gexec
\set ECHO all
select eventlog.repair_log('taker.trap');
select eventlog.forget_log(:'log_id');
reset role;
select relation = 'taker.bait'::regclass as taken, is_default from eventlog.log where log_id = :'log_id';
select count(*) from public.events_key;

-- Whose log it was can make it anew: from a dump, say.
create table public.events (like taker.bait including all);
create sequence public.events_seq_seq owned by public.events.seq;
alter table public.events alter seq set default nextval('public.events_seq_seq');
create trigger eventlog_gate before insert on public.events for each row execute function eventlog.gate(:'log_id');
select eventlog.repair_log('public.events');
select relation, is_default from eventlog.log where log_id = :'log_id';
select count(*) from public.events_key;
select eventlog.log_event('good', idempotency_key => 'k', log => 'events') is not null;
drop owned by regress_taker cascade;
drop role regress_taker;
