-- The function of a handler is found by its name at each call, and has to be one that nobody could have put there.
create role regress_handler_keeper;
create role regress_handler_stranger;
create role regress_handler_writer;
grant create on schema public to regress_handler_keeper;
set role regress_handler_keeper;
select eventlog.create_log('public.events', tenant_type => 'text', require_tenant => false, unregistered => 'allow');
grant select, insert on public.events to regress_handler_writer;
create table public.heard (what text);
create function public.hear(event jsonb) returns void language sql as $$ insert into public.heard values (current_user || ' heard ' || (event ->> 'type')) $$;
select eventlog.on_event('hear', 'public.hear');
-- It acts as the log's owner, whoever writes, and leaves nothing behind.
set role regress_handler_writer;
select eventlog.log_event('one', log => 'public.events') is not null as done, current_user;
insert into public.heard values ('by hand');
reset role;
select what from public.heard;

-- Replaced, it is another one at once; renamed or dropped, the events are refused.
set role regress_handler_keeper;
create or replace function public.hear(event jsonb) returns void language sql as $$ insert into public.heard values ('replaced') $$;
select eventlog.log_event('two', log => 'public.events') is not null as done;
alter function public.hear(jsonb) rename to listen;
select eventlog.log_event('three', log => 'public.events');
select problem from eventlog.handlers;
-- Kept as an error, the event is written.
select eventlog.on_event('hear', 'public.listen', on_error => 'record');
drop function public.listen(jsonb);
select eventlog.log_event('four', log => 'public.events') is not null as done;
select sqlstate, message, hint from eventlog.handler_error;
create function public.listen(event jsonb) returns int language sql as 'select 1';
select eventlog.log_event('five', log => 'public.events') is not null as done;
select sqlstate, message, hint from eventlog.handler_error order by at offset 1;
drop function public.listen(jsonb);
reset role;

-- One of somebody else's would act as the log's owner.
grant create on schema public to regress_handler_stranger;
set role regress_handler_stranger;
create function public.listen(event jsonb) returns void language sql as $$ insert into public.heard values ('stolen as ' || current_user) $$;
select eventlog.on_event('mine', 'public.listen', log => 'public.events');
select eventlog.off_event('hear');
reset role;
set role regress_handler_keeper;
select eventlog.on_event('hear', 'public.listen');
select eventlog.log_event('six', log => 'public.events') is not null as done;
select sqlstate, message, hint from eventlog.handler_error order by at offset 2;
select problem from eventlog.handlers;
reset role;
-- Nor when it is given away later; a superuser's is as good as the owner's.
drop function public.listen(jsonb);
create function public.listen(event jsonb) returns void language sql as $$ insert into public.heard values ('a superuser''s as ' || current_user) $$;
select eventlog.on_event('hear', 'public.listen', log => 'public.events');
set role regress_handler_writer;
select eventlog.log_event('seven', log => 'public.events') is not null as done;
reset role;
alter function public.listen(jsonb) owner to regress_handler_stranger;
set role regress_handler_writer;
select eventlog.log_event('eight', log => 'public.events');
reset role;
-- The owner has to have the right to call it.
alter function public.listen(jsonb) owner to current_user;
revoke execute on function public.listen(jsonb) from public;
set role regress_handler_writer;
select eventlog.log_event('nine', log => 'public.events');
reset role;
grant execute on function public.listen(jsonb) to regress_handler_keeper;
-- Nor does the old owner's function act for a new owner of the log.
grant regress_handler_stranger to current_user;
set role regress_handler_keeper;
create function public.kept(event jsonb) returns void language sql as $$ insert into public.heard values ('kept') $$;
select eventlog.on_event('hear', 'public.kept', log => 'public.events');
reset role;
alter table public.events owner to regress_handler_stranger;
alter table public.events_key owner to regress_handler_stranger;
select eventlog.log_event('ten', log => 'public.events');
alter table public.events owner to regress_handler_keeper;
alter table public.events_key owner to regress_handler_keeper;
select eventlog.log_event('eleven', log => 'public.events') is not null as done;
-- Where the owner loses the right to write to what the handler writes to, the write is refused.
alter table public.heard owner to current_user;
select eventlog.log_event('twelve', log => 'public.events');
select what from public.heard;
select type from public.events order by seq;

-- What it sets and makes ends with it, and it cannot become somebody else.
alter table public.heard owner to regress_handler_keeper;
create function public.evil(event jsonb) returns void language plpgsql as $$
declare
    what text;
begin
    set search_path = public;
    foreach what in array array['reset role', 'set role regress_handler_stranger', 'create temporary table t (a int)', 'listen l'] loop
        begin
            execute what;
            insert into public.heard values (what || ': done as ' || current_user);
        exception when others then
            insert into public.heard values (what || ': ' || sqlstate || ' ' || sqlerrm);
        end;
    end loop;
end $$;
truncate public.heard;
select eventlog.on_event('hear', 'public.evil', log => 'public.events');
select eventlog.log_event('evil', log => 'public.events') is not null as done, current_setting('search_path');
table public.heard;
-- What would be put off to the end of the transaction, where it would run as the session's role.
create table public.parent (id int primary key);
create table public.child (id int references public.parent deferrable initially deferred);
alter table public.parent owner to regress_handler_keeper;
alter table public.child owner to regress_handler_keeper;
create or replace function public.evil(event jsonb) returns void language sql as $$ insert into public.child values (1) $$;
select eventlog.log_event('put off', log => 'public.events');
drop owned by regress_handler_keeper, regress_handler_stranger, regress_handler_writer cascade;
drop role regress_handler_keeper, regress_handler_stranger, regress_handler_writer;
