-- forget_log clears what a dropped table left, and only that.
select eventlog.create_log('public.events');
select eventlog.register_event_type('paid');
select log_id from eventlog.log \gset
select eventlog.forget_log(:'log_id');
select eventlog.forget_log(null);
select eventlog.forget_log('11111111-1111-4111-8111-111111111111');
drop table public.events;
select log::text ~ '^\d+$' as bare_number, state from eventlog.logs;
create role regress_forget_guest;
set role regress_forget_guest;
select eventlog.forget_log(:'log_id');
reset role;
drop role regress_forget_guest;
select eventlog.forget_log(:'log_id');
select (select count(*) from eventlog.log) as logs, (select count(*) from eventlog.event_type) as types;
select to_regclass('public.events_key') is null as keys_gone;
select eventlog.create_log('public.events');
select log, is_default from eventlog.logs;
