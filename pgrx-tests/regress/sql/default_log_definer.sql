-- Who calls a SECURITY DEFINER function does not choose with a setting into which table it writes.
create role regress_definer_guest;
create role regress_definer_app;
create schema guest authorization regress_definer_guest;
create schema app authorization regress_definer_app;
grant usage on schema app to regress_definer_guest;
grant create on schema public to regress_definer_app;
set role regress_definer_app;
select eventlog.create_log('app.events', require_tenant => false, unregistered => 'allow');
select eventlog.create_log('app.second', require_tenant => false, unregistered => 'allow');
create function app.act() returns boolean language sql security definer as $$ select eventlog.log_event('acted') is not null $$;
create function app.act_often() returns bigint language plpgsql security definer set search_path = '' as $$
begin
    return (select count(*) from eventlog.log_events('[{"type": "acted"}, {"type": "acted"}]'));
end $$;
create function app.check() returns boolean language sql security definer as $$
    select not exists (select from eventlog.validate_event('nothing', '{}')) $$;
create function app.plain() returns boolean language sql as $$ select eventlog.log_event('acted') is not null $$;

-- A log of the guest's, with a trigger that would run as the function's owner.
set role regress_definer_guest;
select eventlog.create_log('guest.trap', require_tenant => false);
create function guest.spring() returns trigger language plpgsql as $$
begin
    raise notice 'caught: %', current_user;
    return new;
end $$;
create trigger a_trap before insert on guest.trap for each row execute function guest.spring();
grant all on schema guest to regress_definer_app;
grant all on guest.trap, guest.trap_key to regress_definer_app;
set eventlog.default_log = 'guest.trap';
select app.act(), app.act_often(), app.check();
-- The caller's own calls go where the caller said.
select eventlog.log_event('x');
select app.plain();
-- Called from inside, too, and through the definer's other functions.
create function guest.wrap() returns boolean language plpgsql as $$ begin return app.act(); end $$;
select guest.wrap();
-- A log of the function's owner is no trap.
set eventlog.default_log = 'app.second';
select app.act();
-- What is not there, or no name, is an error as ever.
set eventlog.default_log = 'app.gone';
select app.act();
set eventlog.default_log = 'second';
select app.act();
reset eventlog.default_log;
select app.act();
reset role;
select tableoid::regclass as log, type, count(*)
from (select tableoid, type from app.events union all select tableoid, type from app.second union all select tableoid, type from guest.trap) e
group by 1, 2 order by 1;
drop owned by regress_definer_guest, regress_definer_app cascade;
drop role regress_definer_guest, regress_definer_app;
