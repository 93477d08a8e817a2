-- What a log consists of has a number, in the catalogue and beside the log.
\set VERBOSITY default
set client_min_messages = warning;
select eventlog.create_log('public.events', tenant_type => 'text');
select eventlog.create_log('public.parted', require_tenant => false, partition_interval => '1 day');
select log, state, format from eventlog.logs;
create function public.noted(log regclass) returns jsonb language sql as $$
    select substring(eventlog._read_note(log) from '\{.*')::jsonb -> 'format'
$$;
select noted('events'), noted('parted');
\set found 'select severity, object, finding, remedy from eventlog.doctor() where finding like ''%format%'''
:found;
select * from eventlog.repair_log('events');

-- Logs of a release of before, and one of before there were numbers, whose note has none.
update eventlog.log set format = 0;
do $$ begin
    execute format('comment on sequence parted_seq_seq is %L', regexp_replace(eventlog._read_note('parted'), '"format":\d+,', ''));
end $$;
:found;
select log, state, format from eventlog.logs;
select * from eventlog.repair_log('events');
select * from eventlog.repair_all();
:found;
select log, state, format from eventlog.logs;
select noted('events'), noted('parted');
select action, object, detail from eventlog.admin_log where detail::text like '%format%' order by id;

-- The next release makes more of a log.
create or replace function eventlog._present_format() returns int language sql immutable parallel safe as $$ select 2 $$;
:found;
-- The catalogue is gone: the note says what the log was.
update eventlog.log set format = 1;
begin;
drop extension pg_eventlog cascade;
create extension pg_eventlog;
create or replace function eventlog._present_format() returns int language sql immutable parallel safe as $$ select 2 $$;
select piece from eventlog.repair_log('events') piece where piece ~ 'catalogue|format';
select log, state, format from eventlog.logs;
select noted('events');
commit;

-- One that was made by a newer release than this one is left alone.
create or replace function eventlog._present_format() returns int language sql immutable parallel safe as $$ select 1 $$;
select * from eventlog.repair_log('events');
select * from eventlog.repair_all();
:found;
select eventlog.log_event('x', '{}', 'acme');
