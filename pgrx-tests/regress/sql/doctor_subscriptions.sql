-- Subscriptions that stand still: each finding, and what is left after its remedy.
create role regress_ds_owner;
create role regress_ds_reader;
create role regress_ds_gone;
grant create on schema public to regress_ds_owner;
\set found 'select severity, object, regexp_replace(finding, ''(receipt|at) [-+:. 0-9A-Za-z]*[0-9][-+:. 0-9A-Z]*'', ''\\1 ... '', ''g'') as finding, remedy from eventlog.doctor()'
\set remedies 'select remedy from eventlog.doctor()'
set role regress_ds_owner;
select eventlog.create_log('public.events', require_tenant => false, unregistered => 'allow');
grant select on public.events to regress_ds_reader, regress_ds_gone;
reset role;
set role regress_ds_reader;
select eventlog.subscribe('reader', max_attempts => 1, options => '{"on_dead": "pause"}');
reset role;
set role regress_ds_gone;
select eventlog.subscribe('gone');
reset role;
select eventlog.log_event('said', entity_type => 'a', entity_id => 1);
:found;

-- The role is gone.
revoke all on public.events from regress_ds_gone;
drop role regress_ds_gone;
:found;
:remedies \gexec
:found;

-- It may not read any more.
revoke select on public.events from regress_ds_reader;
:found;
select * from eventlog.receive('reader');
:remedies \gexec
:found;

-- Nobody came back.
select receipt from eventlog.receive('reader') \gset
update eventlog.subscription_shard set lease_until = clock_timestamp() - interval '1 second';
:found;
select receipt from eventlog.receive('reader') \gset
:found;

-- A dead letter.
select eventlog.nack('reader', :receipt, array(select id from public.events), 'no');
:found;
:remedies \gexec
:found;

-- The index.
drop index public.events_seq_idx;
:found;
:remedies \gexec
:found;

-- The sequence.
select setval('public.events_seq_seq', 1, false);
:found;
:remedies \gexec
:found;

-- For a week.
alter table public.events disable trigger eventlog_gate;
insert into public.events (type, payload, recorded_at) values ('said', '{}', clock_timestamp() - interval '8 days');
alter table public.events enable trigger eventlog_gate;
:found;
:remedies \gexec
:found;
