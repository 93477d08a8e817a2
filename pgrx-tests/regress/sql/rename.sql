-- A log goes by its id: renames and other schemas change nothing.
select eventlog.create_log('public.events', require_tenant => false);
select eventlog.register_event_type('paid', required => '{amount}');
select eventlog.log_event('paid', '{"amount": 1}', idempotency_key => 'k') as first \gset
create schema app;
alter table public.events rename to journal;
alter table public.events_key rename to claims;
alter table public.journal set schema app;
select eventlog.log_event('paid', '{"amount": 1}', idempotency_key => 'k') = :'first' as same;
select eventlog.log_event('paid', '{"amount": 2}') is not null;
select eventlog.log_event('paid', '{"amount": 3}', log => 'app.journal') is not null;
select eventlog.log_event('paid', '{}');
select log, state, event_types from eventlog.logs;
select eventlog.repair_log('app.journal');
-- A new table under the old name is another one.
create table public.events (like app.journal);
select eventlog.log_event('paid', '{"amount": 4}', log => 'public.events');
select count(*) from app.journal;
-- Columns may be added, and stay the owner's business.
alter table app.journal add column note text;
alter table app.journal drop column note;
alter table app.journal add column trace text default 't';
select eventlog.log_event('paid', '{"amount": 4}') is not null;
select trace, payload from app.journal order by seq desc limit 1;
-- Renaming a column is not.
alter table app.journal rename column payload to data;
select eventlog.log_event('paid', '{"amount": 5}');
alter table app.journal rename column data to payload;
select eventlog.log_event('paid', '{"amount": 5}') is not null;
