-- A table that somebody made to look like a log's idempotency keys is neither used for them nor dropped with them.
create role regress_keys_owner;
create role regress_keys_forger;
create schema app authorization regress_keys_owner;
create schema forger authorization regress_keys_forger;
grant usage on schema app to regress_keys_forger;
set role regress_keys_owner;
select eventlog.create_log('app.events', require_tenant => false, unregistered => 'allow');
select log_id from eventlog.log \gset
set role regress_keys_forger;
create table forger.keys (tenant_id uuid, key text not null, hash bytea, event_id uuid not null, claimed_at timestamptz not null default now());
create trigger eventlog_append_only before update or delete or truncate on forger.keys
    for each statement execute function eventlog.forbid_change(:'log_id');
grant all on schema forger to regress_keys_owner;
grant all on forger.keys to regress_keys_owner;
select format('comment on table forger.keys is %L', 'the idempotency keys that events of events have used (log ' || :'log_id' || ')') as statement \gset
:statement;
set role regress_keys_owner;
select eventlog.log_event('x', log => 'app.events', idempotency_key => 'k') is not null;
select (select count(*) from app.events_key) as keys, (select count(*) from forger.keys) as forged;

-- Nor where the log's own table has gone.
drop table app.events_key;
select eventlog.log_event('x', log => 'app.events', idempotency_key => 'k2');
select eventlog.repair_log('app.events');
select eventlog.log_event('x', log => 'app.events', idempotency_key => 'k2') is not null;
select (select count(*) from app.events_key) as keys, (select count(*) from forger.keys) as forged;

-- A guard with the log's id on a table that is something else: forget_log leaves it alone, whoever calls it.
create table app.ledger (n int);
insert into app.ledger values (1);
create trigger eventlog_append_only before update or delete or truncate on app.ledger
    for each statement execute function eventlog.forbid_change(:'log_id');
create table app.looks_alike (tenant_id uuid, key text, hash text, event_id uuid, claimed_at timestamptz);
create trigger eventlog_append_only before update or delete or truncate on app.looks_alike
    for each statement execute function eventlog.forbid_change(:'log_id');
-- A table that only lost its gate is not forgotten.
drop trigger eventlog_gate on app.events;
select eventlog.forget_log(:'log_id');
alter table app.events disable trigger all;
select eventlog.forget_log(:'log_id');
select to_regclass('app.events_key');
drop table app.events;
select eventlog.forget_log(:'log_id');
select to_regclass('app.events_key'), to_regclass('app.ledger'), to_regclass('app.looks_alike'), to_regclass('forger.keys');
reset role;

-- A table of that name is no log's keys: a new log's get another name.
create table app.second_key (n int);
set role regress_keys_owner;
select eventlog.create_log('app.second');
select to_regclass('app.second_key_2');
reset role;
drop owned by regress_keys_forger, regress_keys_owner cascade;
drop role regress_keys_forger, regress_keys_owner;
