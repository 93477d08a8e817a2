-- Every change of logs, taxonomies and guards is recorded, in a table that is itself append-only.
select eventlog.create_log('public.events');
select eventlog.create_log('public.second');
select eventlog.register_event_type('a', required => '{x}');
select eventlog.register_event_type('a', required => '{y}');
select eventlog.set_default_version('a', 2);
select eventlog.retire_event_type('a');
select * from eventlog.import_taxonomy('{"types": [{"type": "b"}, {"type": "c"}]}');
select * from eventlog.import_taxonomy('{"types": [{"type": "b"}, {"type": "c"}]}');
select eventlog.set_default_log('second');
select eventlog.create_event_view('public.renamed', 'events', '{"name": "type"}');
create table public.ledger (n int);
select eventlog.make_append_only('public.ledger');
select eventlog.release_append_only('public.ledger');
alter table public.events disable trigger eventlog_append_only;
select eventlog.repair_log('events');
select log_id as second_id from eventlog.log where relation = 'second'::regclass \gset
drop table public.second;
select eventlog.forget_log(:'second_id');
select a.role, a.session_role, a.action, a.object, a.log_id is not null as of_a_log,
    a.detail
from eventlog.admin_log a
order by a.id;

-- The role in whose name it was done, and the one that had logged in.
create role regress_admin;
grant create on schema public to regress_admin;
set role regress_admin;
create table public.mine (n int);
select eventlog.make_append_only('public.mine');
select count(*) from eventlog.admin_log;
insert into eventlog.admin_log (role, session_role, action) values ('a', 'b', 'c');
reset role;
select role, session_role, action, object from eventlog.admin_log order by id desc limit 1;
drop owned by regress_admin;
drop role regress_admin;

-- What is rolled back was not done; what was done stays.
begin;
select eventlog.register_event_type('rolled_back', log => 'events');
rollback;
select count(*) from eventlog.admin_log where object = 'rolled_back';
update eventlog.admin_log set role = 'nobody';
update eventlog.admin_log set role = 'nobody' where false;
delete from eventlog.admin_log where false;
truncate eventlog.admin_log;
set session_replication_role = replica;
delete from eventlog.admin_log;
truncate eventlog.admin_log;
reset session_replication_role;
