-- A trigger of the log that changes the tracked table while its events are written.
\pset null '<null>'
set client_min_messages = warning;
select from eventlog.create_log('public.events', require_tenant => false);
create table public.t (id int primary key, v int, note text);
select from eventlog.track_changes('public.t');
create function public.project() returns trigger language plpgsql as $$
begin
    if new.payload #>> '{changes,v,new}' is not null then
        update public.t set note = coalesce(note || ' ', '') || (new.payload #>> '{changes,v,new}') where id = new.entity_id::text::int;
    end if;
    return null;
end $$;
insert into public.t values (1, 0), (2, 0), (3, 0);
create trigger project after insert on public.events for each row execute function public.project();
create function public.again() returns trigger language plpgsql as $$
begin
    update public.t set v = 10 * new.v where id = new.id and new.v between 1 and 9;
    return null;
end $$;
create trigger again after update of v on public.t for each row when (new.id < 3) execute function public.again();
update public.t set v = id;
select type, entity_id, payload from public.events order by seq offset 3;
select t.*, eventlog.entity_state('t', id) = to_jsonb(t) as is_told from public.t order by id;
-- One that never ends is stopped.
create or replace function public.project() returns trigger language plpgsql as $$
begin
    update public.t set v = v + 1 where id = 3;
    return null;
end $$;
set statement_timeout = '60s';
update public.t set v = 0 where id = 3;
select v from public.t where id = 3;
