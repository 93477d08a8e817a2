-- Triggers of the table's own that come first: events show what they made of a row.
\pset null '<null>'
set client_min_messages = warning;
select from eventlog.create_log('public.events', require_tenant => false);
create view public.seen as select type, entity_id, payload from public.events order by seq;
create table public.items (id int primary key, v text, loud text generated always as (upper(v)) stored);
select from eventlog.track_changes('public.items');
create function public.meddle() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' then
        return case when old.v = 'keep' then null else old end;
    elsif new.v = 'skip' then
        return null;
    end if;
    new.v := new.v || '!';
    return new;
end $$;
create trigger meddle before insert or update or delete on public.items for each row execute function public.meddle();
insert into public.items values (1, 'a'), (2, 'skip'), (3, 'b');
update public.items set v = case id when 1 then 'skip' else 'c' end;
update public.items set id = id;
insert into public.items values (1, 'x'), (4, 'skip'), (5, 'y') on conflict (id) do update set v = 'skip';
alter table public.items disable trigger meddle;
update public.items set v = 'keep' where id = 1;
alter table public.items enable trigger meddle;
delete from public.items;
table public.seen;
-- A trigger that undoes the change.
create function public.undo() returns trigger language plpgsql as 'begin return old; end';
create trigger undo before update on public.items for each row execute function public.undo();
update public.items set v = 'other';
select count(*) from public.events;
