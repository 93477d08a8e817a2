-- A writer needs INSERT on the table of idempotency keys, and yet claims none but for an event that is being written.
select eventlog.create_log('public.events', require_tenant => false, unregistered => 'allow');
create role regress_claim_writer;
grant insert on public.events to regress_claim_writer;
grant select, insert on public.events_key to regress_claim_writer;
set role regress_claim_writer;
insert into public.events_key (key, event_id) values ('of another', '11111111-1111-4111-8111-111111111111');
insert into public.events_key (key, event_id) values ('of another', '11111111-1111-4111-8111-111111111111') on conflict do nothing;
copy public.events_key (key, event_id) from stdin;
of another	11111111-1111-4111-8111-111111111111
\.
\set VERBOSITY sqlstate
insert into public.events_key (key, event_id) select 'k' || n, '11111111-1111-4111-8111-111111111111' from generate_series(1, 3) n;
\set VERBOSITY default
-- Not while one is being written either: in a function that the event's insert calls.
reset role;
create function public.claim() returns trigger language plpgsql as $$
begin
    insert into public.events_key (key, event_id) values ('of another', new.id);
    return new;
end $$;
create trigger a_before before insert on public.events for each row execute function public.claim();
set role regress_claim_writer;
insert into public.events (type, payload, idempotency_key) values ('x', '{}', 'own');
select eventlog.log_event('x', idempotency_key => 'own');
reset role;
drop trigger a_before on public.events;
create trigger z_before before insert on public.events for each row execute function public.claim();
set role regress_claim_writer;
insert into public.events (type, payload, idempotency_key) values ('x', '{}', 'own');
select eventlog.log_event('x', idempotency_key => 'own');
reset role;
drop trigger z_before on public.events;
-- Nor one more beside the one that is claimed.
create trigger a_claim before insert on public.events_key for each row when (new.key = 'own') execute function public.claim();
create or replace function public.claim() returns trigger language plpgsql as $$
begin
    insert into public.events_key (key, event_id) values ('of another', new.event_id);
    return new;
end $$;
set role regress_claim_writer;
select eventlog.log_event('x', idempotency_key => 'own');
-- After a claim that failed there is nothing left to use.
reset role;
drop trigger a_claim on public.events_key;
set role regress_claim_writer;
do $$ begin
    insert into public.events (type, payload, idempotency_key) values ('x', '{}', 'twice'), ('x', '{}', 'twice');
exception when unique_violation then
    insert into public.events_key (key, event_id) values ('of another', '11111111-1111-4111-8111-111111111111');
end $$;
select eventlog.log_event('x', idempotency_key => 'own') is not null;
select key from public.events_key;
reset role;

-- Nor does the claim of the writer's own log open the keys of another one.
create schema claimer authorization regress_claim_writer;
set role regress_claim_writer;
select eventlog.create_log('claimer.log', require_tenant => false, unregistered => 'allow');
create function claimer.pass_on() returns trigger language plpgsql as $$
begin
    insert into public.events_key (key, event_id) values ('of another', new.event_id);
    return new;
end
$$;
create trigger a_first before insert on claimer.log_key for each row execute function claimer.pass_on();
select eventlog.log_event('x', log => 'claimer.log', idempotency_key => 'k');
reset role;
select key from public.events_key;

-- What a part of the transaction that fails leaves behind is no claim, and takes none along that was begun around it.
create function public.fail() returns trigger language plpgsql as $$
begin
    begin
        perform 1 / 0;
    exception when division_by_zero then
    end;
    return new;
end $$;
create trigger a_fail before insert on public.events_key for each row execute function public.fail();
set role regress_claim_writer;
select eventlog.log_event('x', idempotency_key => 'around') is not null;
reset role;
drop trigger a_fail on public.events_key;
select key from public.events_key;

-- Its owner may: who restores a log brings the keys along.
insert into public.events_key (key, event_id) values ('restored', '11111111-1111-4111-8111-111111111111');
select eventlog.log_event('x', idempotency_key => 'restored');
-- Without its guard the table is one to repair.
drop trigger eventlog_claim on public.events_key;
select eventlog.repair_log('events');
alter table public.events_key disable trigger eventlog_claim;
select eventlog.repair_log('events');
select tgname, tgenabled from pg_trigger where tgrelid = 'public.events_key'::regclass order by 1;
drop owned by regress_claim_writer;
drop role regress_claim_writer;
