-- Logs: each finding, its remedy, and what is left after it.
create role regress_dl_owner;
create role regress_dl_login login;
grant create on schema public to regress_dl_owner, regress_dl_login;
\set found 'select severity, object, finding, remedy from eventlog.doctor()'
\set remedies 'select remedy from eventlog.doctor()'
set role regress_dl_owner;
select eventlog.create_log('public.events');
select eventlog.create_log('public."Parted Log"', unregistered => 'allow', partition_interval => '1 month');

-- the gate
alter table public.events disable trigger eventlog_gate;
alter table only public."Parted Log_default" disable trigger eventlog_gate;
:found;
:remedies \gexec
:found;
drop trigger eventlog_gate on public.events;
:found;
:remedies \gexec
:found;
select log_id as id from eventlog.logs where log = 'public.events'::regclass \gset
create or replace trigger eventlog_gate before insert on public.events for each row when (new.type = 'x')
    execute function eventlog.gate(:'id');
:found;
:remedies \gexec
:found;

-- a copy, with the log's gate
create table public.copy (like public.events including all);
create trigger eventlog_gate before insert on public.copy for each row execute function eventlog.gate(:'id');
:found;
:remedies \gexec
:found;

-- defaults, tenant
alter table public.events alter column id drop default, alter column seq drop default, alter column tenant_id drop not null;
:found;
:remedies \gexec
:found;

-- keys
alter table public.events_key disable trigger eventlog_claim;
:found;
:remedies \gexec
:found;
drop trigger eventlog_append_only on public.events_key;
:found;
:remedies \gexec
:found;
drop table public.events_key;
:found;
:remedies \gexec
:found;

-- triggers behind the gate
create function public.change() returns trigger language plpgsql as $$ begin return new; end $$;
create trigger "z last" before insert on public.events for each row execute function public.change();
create trigger a_first before insert on public.events for each row execute function public.change();
create trigger zz_after after insert on public.events for each row execute function public.change();
:found;
:remedies \gexec
:found;

-- kept by no write-ahead log
alter table public.events set unlogged;
:found;
:remedies \gexec
:found;

-- dropped, and what is in the catalogue no more
drop table public.copy, public.events;
select regexp_replace(object, '[0-9a-f]{8}-.*', 'ID') as object, regexp_replace(finding, '\d+', 'N') as finding from eventlog.doctor();
:remedies \gexec
:found;
reset role;
set client_min_messages = warning;
delete from eventlog.log;
:found;
:remedies \gexec
:found;

-- an owner who logs in
set role regress_dl_login;
select eventlog.create_log('public.mine');
select eventlog.isolate_tenants('public.mine');
reset role;
select severity, object, finding from eventlog.doctor();
:remedies \gexec
:found;
select count(*) from pg_class where relname like 'mine%' and relowner <> 'mine_owner'::regrole;
drop owned by regress_dl_owner, regress_dl_login, mine_owner cascade;
drop role regress_dl_owner, regress_dl_login, mine_owner;
