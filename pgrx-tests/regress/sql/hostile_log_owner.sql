-- Capture writes as the log's owner. What the owner has hung on it runs as the owner then, and leaves nothing behind for the
-- session, whose role may be a superuser's.
create role regress_hostile_keeper;
grant create on schema public to regress_hostile_keeper;
set role regress_hostile_keeper;
select eventlog.create_log('public.events', tenant_type => 'text', require_tenant => false);
create table public.tried (what text, result text);
create function public.try(what text) returns void language plpgsql as $$
begin
    execute what;
    insert into public.tried values (what, 'done as ' || current_user);
exception when others then
    insert into public.tried values (what, sqlstate || ' ' || sqlerrm);
end
$$;
create function public.evil() returns trigger language plpgsql as $$
begin
    perform public.try('create temporary view pg_stat_activity as select 1');
    perform public.try('prepare p as select 1');
    perform public.try('listen l');
    perform public.try('reset role');
    return new;
end
$$;
create trigger evil before insert on public.events for each row execute function public.evil();
reset role;
create table public.t (id int primary key);
select eventlog.track_changes('public.t');
insert into public.t values (1);
table public.tried;
select count(*) from pg_prepared_statements where name = 'p';
select type, entity_id from public.events;

-- What is deferred would run as the session's role.
set role regress_hostile_keeper;
drop trigger evil on public.events;
create constraint trigger evil after insert on public.events deferrable initially deferred
    for each row execute function public.evil();
reset role;
insert into public.t values (2);
drop owned by regress_hostile_keeper cascade;
drop role regress_hostile_keeper;
