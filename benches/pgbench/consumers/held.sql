-- a transaction that runs
begin;
select pg_current_xact_id();
select pg_sleep(:seconds);
commit;
