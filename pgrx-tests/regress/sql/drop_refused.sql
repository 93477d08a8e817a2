-- A log, its keys, an append-only table, and what makes them such, are not dropped by accident, whatever the statement.
set eventlog.allow_drop = off;
create schema app;
select eventlog.create_log('app.events', require_tenant => false, unregistered => 'allow');
select eventlog.create_log('app.parted', require_tenant => false, unregistered => 'allow', partition_interval => '1 month');
create table app.ledger (id int primary key, code int unique, note text);
create unique index once on app.ledger (note);
select eventlog.make_append_only('app.ledger');
create table app.other (id int primary key);

-- Full or empty.
drop table app.events;
drop table app.events cascade;
drop table app.events_key;
drop table app.ledger;
drop table app.other, app.ledger;
select eventlog.log_event('x', idempotency_key => 'k') is not null;
drop table app.events, app.events_key;
drop table app.parted;
drop table app.parted_default;
-- By way of something else.
create domain app.text as text;
create type app.kind as enum ('a');
create type app.pair as (a int);
alter table app.events add column extra app.text, add column kind app.kind, add column pair app.pair;
drop domain app.text cascade;
drop type app.kind cascade;
drop type app.pair cascade;
drop schema app cascade;
create role regress_dropper;
grant create on schema app to regress_dropper;
alter table app.ledger owner to regress_dropper;
drop owned by regress_dropper cascade;
set role regress_dropper;
drop table app.ledger;
reset role;

-- Piece by piece.
alter table app.events drop column payload;
alter table app.events drop extra, drop kind;
alter table app.events drop column if exists id cascade;
alter table app.parted drop column context;
alter table app.events_key drop column hash;
alter table app.events drop constraint events_pkey;
alter table app.parted drop constraint parted_pkey cascade;
alter table app.events_key drop constraint events_key_once;
alter table app.ledger drop constraint ledger_pkey;
alter table app.ledger drop constraint ledger_code_key;
drop index app.once;
drop trigger eventlog_gate on app.events;
drop trigger eventlog_gate on app.parted;
drop trigger eventlog_append_only on app.events;
drop trigger eventlog_append_only_row on app.events;
drop trigger eventlog_append_only_leaf on app.parted_default;
drop trigger eventlog_append_only on app.ledger;
drop trigger eventlog_append_only_row on app.ledger;
drop trigger eventlog_claim on app.events_key;
drop trigger eventlog_append_only on app.events_key;
drop sequence app.events_seq_seq cascade;
begin;
alter sequence app.events_seq_seq owned by none;
drop sequence app.events_seq_seq cascade;
rollback;
alter table app.events alter column seq drop default;
alter table app.parted alter column seq drop default;

-- Names, other triggers and roles, older snapshots and the blocks around it make no difference.
alter trigger eventlog_append_only on app.ledger rename to a;
alter trigger eventlog_append_only_row on app.ledger rename to b;
alter table app.ledger disable trigger all;
drop table app.ledger;
drop trigger a on app.ledger;
set session_replication_role = replica;
drop table app.events;
reset session_replication_role;
begin isolation level repeatable read;
select count(*) from app.events;
create table app.young (id int);
select eventlog.make_append_only('app.young');
drop table app.young;
rollback;
do $$ begin
    create table app.young (id int);
    perform eventlog.make_append_only('app.young');
    drop table app.young;
end $$;
create procedure app.make_and_drop() language plpgsql as $$ begin
    commit;
    create table app.young (id int);
    perform eventlog.make_append_only('app.young');
    execute 'drop table app.young';
end $$;
call app.make_and_drop();
alter schema eventlog rename to away;
drop table app.events;
drop trigger eventlog_append_only on app.events_key;
alter schema away rename to eventlog;

-- A partition that was detached is an append-only table.
alter table app.parted detach partition app.parted_default;
drop table app.parted_default;

-- All stand as they were.
select log, state from eventlog.logs where state <> 'ready' or log is null;
select eventlog.log_event('x', idempotency_key => 'k') = (select id from app.events) as same;
select count(*) from app.events_key;
select count(*) from eventlog.admin_log where action = 'drop';

-- What is none of these is dropped as ever, and so is what goes with the session.
alter table app.ledger add column more int;
alter table app.ledger drop column more;
alter table app.ledger alter column code drop not null;
alter table app.events add constraint positive check (seq > 0);
alter table app.events drop constraint positive;
drop index app.events_type_idx;
drop table app.other;
create temp table passing (id int);
select eventlog.make_append_only('passing');
drop table passing;
create table app.named (id int, seq bigserial);
create function app.nothing() returns trigger language plpgsql as 'begin return new; end';
create trigger eventlog_append_only before update on app.named for each statement execute function app.nothing();
drop table app.named;
alter table app.ledger owner to current_user;
drop owned by regress_dropper;
drop role regress_dropper;
