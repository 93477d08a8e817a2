-- The rows of a batch are given to the statement that the batch makes, in its columns, and to nobody else.
create role regress_rows_owner;
create schema app authorization regress_rows_owner;
set role regress_rows_owner;
select eventlog.create_log('app.events', require_tenant => false, unregistered => 'allow');
select * from eventlog._event_rows() as e (type text);

-- A rule on the log reads them in its place, as something else.
create table app.leak (what text);
create function app.try() returns text language plpgsql as $$
begin
    perform eventlog.log_events('[{"type": "a", "payload": {"n": 1}}]', 'app.events');
    return 'written';
exception when others then
    return sqlstate || ' ' || sqlerrm;
end $$;
create rule r as on insert to app.events do instead insert into app.leak
select 'x' from eventlog._event_rows() e (type text, payload jsonb, tenant_id uuid, entity_type text, entity_id text, actor_type text,
    actor_id text, occurred_at text, context jsonb, correlation_id text, causation_id text, source_type text, source_id text,
    version int, idempotency_key text) where length(occurred_at) > 3;
select app.try();
create or replace rule r as on insert to app.events do instead insert into app.leak
select type::text from eventlog._event_rows() e (type bigint) where type > 4097;
select app.try();
create or replace rule r as on insert to app.events do instead insert into app.leak
select x15::text from eventlog._event_rows() e (type bigint, x1 text, x2 text, x3 text, x4 text, x5 text, x6 text, x7 text, x8 text, x9 text,
    x10 text, x11 text, x12 text, x13 text, x14 text, x15 text) where x15 > 'x';
select app.try();
-- Right columns, and yet not the log.
create or replace rule r as on insert to app.events do instead insert into app.leak
select type from eventlog._event_rows() e (type text, payload jsonb, tenant_id uuid, entity_type text, entity_id text, actor_type text,
    actor_id text, occurred_at timestamptz, context jsonb, correlation_id text, causation_id text, source_type text, source_id text,
    version int, idempotency_key text) where type > '';
select app.try();
drop rule r on app.events;
select app.try();
select count(*) from app.leak;
select type, payload from app.events;
reset role;
drop owned by regress_rows_owner cascade;
drop role regress_rows_owner;
