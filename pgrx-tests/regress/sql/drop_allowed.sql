-- eventlog.allow_drop lets anyone drop what is theirs, and released tables need it not. It is recorded.
set eventlog.allow_drop = off;
create view public.drops as
select a.role, a.object, a.detail, l.relation is not null as of_a_log
from eventlog.admin_log a left join eventlog.log l on l.log_id = a.log_id
where a.action = 'drop' order by a.id;
create role regress_drop_owner;
create schema app authorization regress_drop_owner;
set role regress_drop_owner;
select eventlog.create_log('app.events', require_tenant => false);
create table app.ledger (id int primary key);
select eventlog.make_append_only('app.ledger');

-- The switch: for a transaction, for a function, for a session.
begin;
set local eventlog.allow_drop = on;
drop table app.events;
rollback;
drop table app.events;
create function app.drop_ledger() returns void language plpgsql set eventlog.allow_drop = on
as 'begin drop table app.ledger; end';
select app.drop_ledger();
set eventlog.allow_drop = maybe;
set eventlog.allow_drop = on;
alter table app.events drop constraint events_pkey, drop column context;
drop trigger eventlog_gate on app.events;
drop trigger eventlog_append_only_row on app.events;
drop sequence app.events_seq_seq cascade;
reset role;
table public.drops;
drop table app.events;
drop table app.events_key;
table public.drops offset 4;
set eventlog.allow_drop = off;
select eventlog.forget_log(log_id) from eventlog.log;

-- Released, a table is one like any other. Of a log it is recorded all the same.
select eventlog.create_log('app.second', require_tenant => false, partition_interval => '1 day');
create table app.books (id int primary key);
select eventlog.make_append_only('app.books');
select eventlog.release_append_only('app.books');
alter table app.books drop constraint books_pkey;
drop table app.books;
select eventlog.release_append_only('app.second');
alter table app.second drop column context;
drop trigger eventlog_gate on app.second;
drop table app.second;
-- What is left of it is cleared by the extension itself.
select eventlog.forget_log(log_id) from eventlog.log;
select object, detail from public.drops where object like 'app.second%' or object = 'app.books';
select to_regclass('app.second_key') is null as cleared;

-- An old partition: detached and released, or by the switch.
select eventlog.create_log('app.third', require_tenant => false, partition_interval => '1 day');
create table app.old partition of app.third for values from ('1990-01-01') to ('1991-01-01');
create table app.older partition of app.third for values from ('1980-01-01') to ('1981-01-01');
alter table app.third detach partition app.old;
drop table app.old;
select eventlog.release_append_only('app.old');
drop table app.old;
set eventlog.allow_drop = on;
drop table app.older;
select object, detail, of_a_log from public.drops where object like 'app.old%';
set eventlog.allow_drop = off;

-- The extension goes as one wants it to, and takes what makes a log along.
\set VERBOSITY terse
set client_min_messages = warning;
drop view public.drops;
drop extension pg_eventlog;
drop extension pg_eventlog cascade;
select count(*) as triggers from pg_trigger where tgrelid = 'app.third'::regclass;
drop table app.third, app.third_key;
drop owned by regress_drop_owner cascade;
drop role regress_drop_owner;
