-- Anyone may ask; the log's owner alone makes upcasts, and their functions run as that owner.
create role upcast_owner;
create role upcast_reader;
grant create on schema public to upcast_owner;
grant create on schema public to upcast_reader;
set role upcast_owner;
\set QUIET on
set client_min_messages = warning;
select eventlog.create_log('public.events', require_tenant => false);
select eventlog.register_event_type('paid', required => '{sum}');
select eventlog.register_event_type('paid', required => '{amount}');
create function public.as_whom(payload jsonb) returns jsonb language sql immutable as $$
    select payload || jsonb_build_object('as', current_user) $$;
select eventlog.register_upcast('paid', 1, 2, handler => 'public.as_whom');

set role upcast_reader;
select eventlog.upcast('paid', 1, '{"sum": 1}', 2, 'events');
select eventlog.register_upcast('paid', 1, 2, '[]', log => 'events');
create function public.mine(payload jsonb) returns jsonb language sql immutable as $$ select payload $$;

-- a function of somebody else's would act as the owner
set role upcast_owner;
select eventlog.register_upcast('paid', 1, 2, handler => 'public.mine');
reset role;
alter function public.as_whom(jsonb) owner to upcast_reader;
set role upcast_reader;
select eventlog.upcast('paid', 1, '{"sum": 1}', 2, 'events');
reset role;
alter function public.as_whom(jsonb) owner to upcast_owner;
-- one that is gone, or not what it was
alter function public.as_whom(jsonb) volatile;
select eventlog.upcast('paid', 1, '{"sum": 1}', 2, 'events');
drop function public.as_whom(jsonb);
select eventlog.upcast('paid', 1, '{"sum": 1}', 2, 'events');
-- rows by hand are refused, as those of rules are
grant insert on eventlog.upcast to upcast_reader;
set role upcast_reader;
insert into eventlog.upcast (log_id, type, from_version, to_version, handler, made_by)
select log_id, 'paid', 1, 2, 'public.mine', 'me' from eventlog.log;
reset role;
drop owned by upcast_reader, upcast_owner;
drop role upcast_reader, upcast_owner;
