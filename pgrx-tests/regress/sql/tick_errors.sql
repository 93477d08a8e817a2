-- A batch is closed in a transaction of its own.
select eventlog.create_log('public.events', require_tenant => false);
select eventlog.register_event_type('paid');
create table public.other (id int);

begin;
select eventlog.tick();
rollback;
begin;
savepoint s;
select eventlog.tick();
rollback;
set default_transaction_isolation = 'repeatable read';
select eventlog.tick();
reset default_transaction_isolation;
do $$
begin
    perform eventlog.log_event('paid');
    perform eventlog.tick();
end
$$;
select eventlog.tick('public.other');
select count(*) from eventlog.batch;

-- The log's owner does it, and nobody else.
create role regress_ticker;
grant select, insert on public.events to regress_ticker;
set role regress_ticker;
select eventlog.tick('public.events');
reset role;

-- The first batch is all that there is, also where that is nothing.
select eventlog.tick('public.events');
select number, closed_at <= clock_timestamp() as closed from eventlog.batch;

-- Rows about somebody else's log are refused from whoever may restore the database.
grant insert on eventlog.batch, eventlog.batch_reader to regress_ticker;
set role regress_ticker;
insert into eventlog.batch select log_id, 2, now(), '' from eventlog.log;
insert into eventlog.batch_reader select log_id, 'mine', 0 from eventlog.log;
reset role;
revoke insert on eventlog.batch, eventlog.batch_reader from regress_ticker;

-- What a log has of batches goes with it.
insert into eventlog.batch_reader select log_id, 'seals', 0 from eventlog.log;
set eventlog.allow_drop = on;
drop table public.events cascade;
select eventlog.forget_log(log_id) from eventlog.log;
select (select count(*) from eventlog.batch), (select count(*) from eventlog.batch_reader);
drop role regress_ticker;
