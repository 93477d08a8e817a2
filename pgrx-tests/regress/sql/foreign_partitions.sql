-- Nothing protects what another server keeps, so a foreign table gets below no protected table: made or attached, at any depth,
-- by whomever.
create extension file_fdw;
create server regress_fp foreign data wrapper file_fdw;
create table whole (id int, v text, tenant text) partition by range (id);
create table deep partition of whole for values from (100) to (200) partition by range (id);
create table tracked (id int primary key, v text) partition by range (id);
create table tracked_deep partition of tracked for values from (100) to (200) partition by range (id);
create table isolated (id int, v text, tenant text) partition by range (id);
create table isolated_deep partition of isolated for values from (100) to (200) partition by range (id);
create table alone (id int, v text);
select eventlog.make_append_only('whole');
select eventlog.make_append_only('alone');
select eventlog.isolate_tenants('isolated', 'tenant');
select eventlog.create_log('public.events', partition_interval => '1 month', tenant_type => 'text', require_tenant => false);
select eventlog.track_changes('tracked');
create foreign table away (id int, v text, tenant text) server regress_fp options (filename '/dev/null');
create foreign table away2 (id int not null, v text) server regress_fp options (filename '/dev/null');
create table branch (id int, v text, tenant text) partition by range (id);
create foreign table twig partition of branch for values from (0) to (10) server regress_fp options (filename '/dev/null');
alter default privileges grant select on tables to public;

create foreign table f partition of whole for values from (0) to (10) server regress_fp options (filename '/dev/null');
create foreign table f partition of deep for values from (100) to (110) server regress_fp options (filename '/dev/null');
alter table whole attach partition away for values from (0) to (10);
alter table deep attach partition away for values from (100) to (110);
alter table whole attach partition branch for values from (0) to (10);
create foreign table f () inherits (alone) server regress_fp options (filename '/dev/null');
alter foreign table away2 inherit alone;

create foreign table f partition of isolated for values from (0) to (10) server regress_fp options (filename '/dev/null');
create foreign table f partition of isolated_deep for values from (100) to (110) server regress_fp options (filename '/dev/null');
alter table isolated attach partition away for values from (0) to (10);
alter table isolated_deep attach partition away for values from (100) to (110);
alter table isolated attach partition branch for values from (0) to (10);

create foreign table f partition of tracked for values from (0) to (10) server regress_fp options (filename '/dev/null');
create foreign table f partition of tracked_deep for values from (100) to (110) server regress_fp options (filename '/dev/null');
alter table tracked attach partition away2 for values from (0) to (10);
alter table tracked_deep attach partition away2 for values from (100) to (110);
create foreign table f partition of events for values from ('2001-01-01') to ('2001-02-01') server regress_fp options (filename '/dev/null');

-- elsewhere they are nobody's business, and children of an append-only table are guarded
create foreign table g partition of branch for values from (10) to (20) server regress_fp options (filename '/dev/null');
create table child () inherits (alone);
insert into child values (1, 'x');
update only child set v = 'y';
truncate child;
create table child2 (id int, v text);
alter table child2 inherit alone;
delete from child2;

-- one that came while nobody looked is told of, and goes
alter event trigger eventlog_follow_ddl disable;
alter table whole attach partition away for values from (0) to (10);
alter table tracked attach partition away2 for values from (0) to (10);
create foreign table f partition of isolated_deep for values from (100) to (110) server regress_fp options (filename '/dev/null');
create foreign table events_old partition of events for values from ('2001-01-01') to ('2001-02-01') server regress_fp options (filename '/dev/null');
alter event trigger eventlog_follow_ddl enable always;
revoke all on all tables in schema public from public;
select severity, object, finding, remedy from eventlog.doctor();
select remedy from eventlog.doctor() \gexec
select severity, object, finding, remedy from eventlog.doctor();
