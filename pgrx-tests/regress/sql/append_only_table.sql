-- Any table can be made append-only, with its children, and released again by its owner.
create schema app;
create table app.ledger (id int primary key, note text);
create table app.ledger_child () inherits (app.ledger);
insert into app.ledger values (1, 'a');
insert into app.ledger_child values (2, 'b');
select eventlog.make_append_only('app.ledger');
insert into app.ledger values (3, 'c');
insert into app.ledger_child values (4, 'd');
insert into app.ledger values (1, 'again') on conflict do nothing;
update app.ledger set note = 'x' where false;
update only app.ledger set note = 'x' where false;
update app.ledger_child set note = 'x' where false;
delete from app.ledger where false;
truncate app.ledger;
truncate app.ledger_child;
truncate only app.ledger;
set session_replication_role = replica;
delete from app.ledger_child;
truncate app.ledger_child;
reset session_replication_role;
alter table app.ledger_child no inherit app.ledger;
delete from app.ledger_child;
alter table app.ledger_child inherit app.ledger;
\d app.ledger

-- Again changes nothing; a guard that was switched off comes back.
select eventlog.make_append_only('app.ledger');
alter table app.ledger disable trigger eventlog_append_only;
alter table app.ledger enable trigger eventlog_append_only_row;
select eventlog.make_append_only('app.ledger');
select tgname, tgenabled from pg_trigger where tgrelid = 'app.ledger'::regclass order by 1;

-- Released, it is a table like any other.
select eventlog.release_append_only('app.ledger');
update app.ledger set note = 'x' where id = 1;
delete from app.ledger where id = 3;
truncate app.ledger;
select count(*) from pg_trigger where tgrelid in ('app.ledger'::regclass, 'app.ledger_child'::regclass);
select eventlog.release_append_only('app.ledger');

-- What cannot be guarded, and who may not.
create view app.a_view as select 1 as n;
create materialized view app.a_matview as select 1 as n;
create sequence app.a_sequence;
create type app.a_type as (n int);
select eventlog.make_append_only(null);
select eventlog.make_append_only('app.nothing');
select eventlog.make_append_only('app.a_view');
select eventlog.make_append_only('app.a_matview');
select eventlog.make_append_only('app.a_sequence');
select eventlog.make_append_only('app.a_type');
select eventlog.make_append_only('app.ledger_pkey');
select eventlog.make_append_only('pg_class');
select eventlog.make_append_only(0);
select eventlog.release_append_only(null);
select eventlog.release_append_only('app.a_view');
select eventlog.make_append_only('app.ledger');
create role regress_append_only_guest;
grant usage on schema app to regress_append_only_guest;
grant all on app.ledger to regress_append_only_guest;
set role regress_append_only_guest;
select eventlog.make_append_only('app.ledger');
select eventlog.release_append_only('app.ledger');
delete from app.ledger;
reset role;
drop owned by regress_append_only_guest;
drop role regress_append_only_guest;
