-- A new log has new keys, whatever tables there are. Only repair_log takes a table that is there, and only the log's own.
set eventlog.allow_drop = on;
select eventlog.create_log('public.events', tenant_type => 'text', unregistered => 'allow');
select eventlog.log_event('x', tenant_id => 'a', idempotency_key => 'k1') as old \gset
select log_id as old_id from eventlog.log \gset

-- of a log that was dropped
drop table events;
select eventlog.create_log('public.events', tenant_type => 'text', unregistered => 'allow');
select eventlog.log_event('x', tenant_id => 'a', idempotency_key => 'k1', log => 'events') <> :'old' as written;
select count(*) from events;
select * from eventlog.repair_log('events');
select eventlog.forget_log(:'old_id');
select to_regclass('events_key') as of_the_old, to_regclass('events_key_2') as of_the_new;
select eventlog.log_event('x', tenant_id => 'a', idempotency_key => 'k1', log => 'events') = id as known from events;

-- of a live log under another name, whose tenants are of another type
alter table events rename to journal;
alter table events_key_2 rename to events_key;
select eventlog.create_log('public.events', tenant_type => 'bigint', unregistered => 'allow');
select eventlog.log_event('x', tenant_id => 1, idempotency_key => 'k1', log => 'events') is not null;
select eventlog.log_event('x', tenant_id => 'a', idempotency_key => 'k1', log => 'journal') = id as known from journal;
select (select count(*) from events_key) as of_the_journal, (select count(*) from events_key_2) as of_the_events;

-- of a log that was dropped, under a log that lost everything else: repair_log makes new ones
select eventlog.create_log('public.other', tenant_type => 'text', unregistered => 'allow');
select eventlog.log_event('x', tenant_id => 'a', idempotency_key => 'k1', log => 'other') is not null;
drop table other;
create table other (like journal including defaults);
select * from eventlog.repair_log('other');
select eventlog.register_event_type('x', log => 'other');
select eventlog.log_event('x', tenant_id => 'a', idempotency_key => 'k1', log => 'other') is not null;
select count(*) from other;

-- The log's own is found by its guard, and by its comment where that is gone, whatever its name.
alter table other_key_2 rename to renamed;
drop trigger eventlog_append_only on renamed;
drop trigger eventlog_append_only_row on renamed;
select * from eventlog.repair_log('other');
select eventlog.log_event('x', tenant_id => 'a', idempotency_key => 'k1', log => 'other') = id as known from other;
-- With other columns it is not, and new ones would forget what was written.
alter table renamed alter tenant_id type bytea using convert_to(tenant_id, 'UTF8');
select eventlog.log_event('x', tenant_id => 'a', idempotency_key => 'k1', log => 'other');
select * from eventlog.repair_log('other');
alter table renamed alter tenant_id type text using convert_from(tenant_id, 'UTF8');
select * from eventlog.repair_log('other');
select eventlog.log_event('x', tenant_id => 'a', idempotency_key => 'k1', log => 'other') = id as known from other;

-- Given away, a log takes its keys along only when they are given too.
create role regress_keys_new nologin;
create role regress_keys_stranger nologin;
grant usage, create on schema public to regress_keys_new, regress_keys_stranger;
alter table other owner to regress_keys_new;
select * from eventlog.repair_log('other');
-- A stranger's table with the log's id is nothing to it.
select log_id as other_id from eventlog.logs where log = 'other'::regclass \gset
set role regress_keys_stranger;
create table bait (tenant_id text, key text not null, hash bytea, event_id uuid not null, claimed_at timestamptz not null default now());
select format('comment on table bait is %L', '(log ' || :'other_id' || ')') \gexec
create trigger eventlog_append_only before update or delete or truncate on bait
    for each statement execute function eventlog.forbid_change(:'other_id');
reset role;
alter table renamed owner to regress_keys_new;
set role regress_keys_new;
select * from eventlog.repair_log('other');
select eventlog.log_event('x', tenant_id => 'a', idempotency_key => 'k1', log => 'other') = id as known from other;
drop table renamed;
select * from eventlog.repair_log('other');
reset role;
select (select count(*) from bait) as baited;

-- A table or a type of somebody's that has the name is nothing to a new log either.
create table third_key (n int);
create type third_key_2 as enum ('a');
create sequence third_seq_seq;
create index third_pkey on third_key (n);
create index third_type_idx on third_key (n);
select eventlog.create_log('public.third', partition_interval => '1 month', require_tenant => false, unregistered => 'allow');
select eventlog.log_event('x', idempotency_key => 'k', log => 'third') is not null;
select * from eventlog.repair_log('third');
select relname from pg_class where relname ~ '^third_' and relname !~ '^third_p\d' order by relname collate "C";
select count(*) from third_key_3;

drop owned by regress_keys_new, regress_keys_stranger cascade;
drop role regress_keys_new, regress_keys_stranger;
