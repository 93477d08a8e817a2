-- A change that no trigger saw, between statements that overlap: events stay as they were captured, and one warning tells.
\pset null '<null>'
set client_min_messages = notice;
select from eventlog.create_log('public.events', require_tenant => false);
create table public.t (id int primary key, v int);
select from eventlog.track_changes('public.t');
insert into public.t select n, 0 from generate_series(1, 3) n;
create function public.unseen() returns trigger language plpgsql as $$
begin
    if pg_trigger_depth() < 2 and new.id < 3 then
        set local session_replication_role = replica;
        update public.t set v = 5 where id = new.id;
        set local session_replication_role = origin;
        update public.t set v = 6 where id = new.id;
    end if;
    return null;
end $$;
create trigger unseen after update on public.t for each row execute function public.unseen();
update public.t set v = 1;
select type, entity_id, payload from public.events order by seq offset 3;
-- A round that the row is no longer on.
create or replace function public.unseen() returns trigger language plpgsql as $$
begin
    delete from public.t where id = new.id;
    set local session_replication_role = replica;
    insert into public.t values (new.id, 99);
    set local session_replication_role = origin;
    return null;
end $$;
create or replace trigger unseen after insert on public.t for each row execute function public.unseen();
insert into public.t values (4, 4);
select type, entity_id, payload from public.events order by seq offset 8;
