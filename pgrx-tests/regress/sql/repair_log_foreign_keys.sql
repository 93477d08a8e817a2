-- A table of somebody else's that says it holds a log's keys is not taken for them, whoever repairs the log.
create role regress_key_owner;
create role regress_key_thief;
create schema keyed authorization regress_key_owner;
create schema thief authorization regress_key_thief;
set role regress_key_owner;
select eventlog.create_log('keyed.events', require_tenant => false, unregistered => 'allow');
reset role;
select log_id from eventlog.log \gset
drop table keyed.events_key;
set role regress_key_thief;
create table thief.keys (
    tenant_id uuid,
    key text not null,
    hash bytea,
    event_id uuid not null,
    claimed_at timestamptz not null default clock_timestamp()
);
create function thief.spring() returns trigger language plpgsql as $$
begin
    raise exception 'code of another runs as %', current_user;
end
$$;
create trigger a_spring before insert on thief.keys for each row execute function thief.spring();
select format('comment on table thief.keys is %L', '(log ' || :'log_id' || ')') \gexec
reset role;
select eventlog.repair_log('keyed.events');
select eventlog.log_event('x', log => 'keyed.events', idempotency_key => 'k') is not null;
select count(*) from keyed.events_key;
drop owned by regress_key_owner, regress_key_thief cascade;
drop role regress_key_owner, regress_key_thief;
