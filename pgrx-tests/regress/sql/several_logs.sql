-- A database may hold several logs, each with its own taxonomy; calls that name none mean the default.
select eventlog.log_event('x');
select eventlog.create_log('public.first', require_tenant => false);
select eventlog.create_log('public.second', require_tenant => false);
select eventlog.register_event_type('paid', required => '{amount}', log => 'second');
select eventlog.register_event_type('seen');
select log, type from eventlog.event_types order by 1, 2;

select eventlog.log_event('seen') is not null;
select eventlog.log_event('paid', '{"amount": 1}');
select eventlog.log_event('paid', '{"amount": 1}', log => 'second') is not null;
select eventlog.log_event('paid', log => 'second');
select eventlog.log_event('seen', log => 'second');

-- The setting decides for a role or a session, the function for all.
set eventlog.default_log = 'public.second';
select eventlog.log_event('paid', '{"amount": 2}') is not null;
-- (A name without a schema would mean something else with each search_path.)
set eventlog.default_log = 'second';
select eventlog.log_event('paid', '{"amount": 2}');
set eventlog.default_log = 'public.nothing';
select eventlog.log_event('paid', '{"amount": 2}');
set eventlog.default_log = 'pg_catalog.pg_class';
select eventlog.log_event('paid', '{"amount": 2}');
set eventlog.default_log = '';
select eventlog.log_event('seen') is not null;
reset eventlog.default_log;

select eventlog.set_default_log('second');
select log, is_default from eventlog.logs order by 1;
select eventlog.log_event('paid', '{"amount": 3}') is not null;
select eventlog.set_default_log(null);
select eventlog.set_default_log('pg_class');
select (select count(*) from public.first) as first, (select count(*) from public.second) as second;

-- A named log that is none.
select eventlog.log_event('seen', log => 'pg_class');
select eventlog.register_event_type('x', log => 'pg_class');
select * from eventlog.validate_event('seen', '{}', log => 'pg_class');

-- Without its table the default log is gone, and says so.
drop table public.second;
\set VERBOSITY sqlstate
select eventlog.log_event('paid', '{"amount": 4}');
