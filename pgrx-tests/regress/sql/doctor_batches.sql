-- A batch that does not come, though somebody reads batches and events wait.
create role regress_db_owner;
create role regress_db_monitor;
grant create on schema public to regress_db_owner;
grant pg_monitor to regress_db_monitor;
set role regress_db_owner;
select eventlog.create_log('public.events', require_tenant => false, unregistered => 'allow');
select eventlog.create_log('public.other', require_tenant => false, unregistered => 'allow', partition_interval => '1 day');
reset role;
\set found 'select severity, object, regexp_replace(finding, ''since [-+:. 0-9]*(UTC)?'', ''since ...'') as finding, remedy from eventlog.doctor() where finding ~ ''batch'''
\set remedies 'select remedy from eventlog.doctor() where finding ~ ''batch'''
-- An event of so long ago.
create function old_event(log regclass, ago interval) returns void language plpgsql as $$
begin
    execute format('alter table %s disable trigger eventlog_gate', log);
    execute format('insert into %s (id, type, payload) values ($1, $2, $3)', log)
        using rpad(lpad(to_hex(floor(extract(epoch from clock_timestamp() - ago) * 1000)::bigint), 12, '0'), 32, '7')::uuid,
            'said', jsonb '{}';
    execute format('alter table %s enable trigger eventlog_gate', log);
end $$;

-- Nobody reads batches.
select old_event('public.other', '2 hours');
:found;

-- Somebody does, and there was none yet.
insert into eventlog.batch_reader select log_id, n, 0 from eventlog.log, unnest(array['seals', 'a reader']) n
where relation = 'public.other'::regclass;
:found;
-- So finds whoever may not read the log.
set role regress_db_monitor;
:found;
reset role;
:remedies \gexec
:found;

-- What came since is in none, and no reader has to wait for a minute.
update eventlog.batch set closed_at = closed_at - interval '1 hour';
:found;
select eventlog.log_event('said', log => 'public.other') is not null as done;
:found;
select old_event('public.other', '30 minutes');
:found;
:remedies \gexec
:found;
-- What is older than the batch was in one.
select old_event('public.other', '40 minutes');
:found;

-- A log that is broken is told of by others.
select old_event('public.events', '30 minutes');
insert into eventlog.batch_reader select log_id, 'seals', 0 from eventlog.log where relation = 'public.events'::regclass;
:found;
set eventlog.allow_drop = on;
drop trigger eventlog_gate on public.events;
:found;
