-- Statements within and beside one another: the events of a row stand in the order in which it changed.
\pset null '<null>'
set client_min_messages = warning;
select from eventlog.create_log('public.events', require_tenant => false);
create table public.t (id int primary key, v int, s text, gone boolean default false);
select from eventlog.track_changes('public.t', state_column => 's', deleted_column => 'gone');
create table public.second (id int primary key, v int);
select from eventlog.track_changes('public.second');
-- The events since the last look; every row is what its events say.
create table public.looked as select 0::bigint as seq;
create procedure public.look() language plpgsql as $$
declare
    told record;
begin
    for told in
        select format('%s %s %s', type, entity_id, payload) as line
        from public.events where seq > (select seq from public.looked) order by seq
    loop
        raise info '%', told.line;
    end loop;
    update public.looked set seq = (select max(seq) from public.events);
    for told in
        select t.id, to_jsonb(t) as is, eventlog.entity_state('t', t.id) as told from public.t where not gone
        union all
        select t.id, to_jsonb(t), eventlog.entity_state('second', t.id) from public.second t
    loop
        if told.is is distinct from told.told then
            raise info 'WRONG: % is %, events say %', told.id, told.is, told.told;
        end if;
    end loop;
end $$;

-- The statement inside belongs to the INSERT that fired the trigger, not to the UPDATE of the same query.
create function public.after_insert() returns trigger language plpgsql as $$
begin
    update public.t set v = v + 1 where id = new.id;
    return null;
end $$;
create trigger a after insert on public.t for each row execute function public.after_insert();
with u as (update public.t set v = v where false) insert into public.t values (4, 7);
call public.look();
merge into public.t using (values (4, 40), (5, 50)) n (id, v) on n.id = t.id
when matched then update set v = n.v when not matched then insert values (n.id, n.v);
call public.look();
insert into public.t values (5, 0), (6, 60) on conflict (id) do update set v = t.v + 100;
call public.look();
-- Through a trigger of a second table.
create function public.relay() returns trigger language plpgsql as $$
begin
    insert into public.second values (new.id, new.v) on conflict (id) do update set v = excluded.v;
    return null;
end $$;
create or replace trigger a after insert or update on public.t for each row when (new.v < 1000) execute function public.relay();
create function public.back() returns trigger language plpgsql as $$
begin
    update public.t set v = v + 1000 where id = new.id;
    return null;
end $$;
create trigger b after insert or update on public.second for each row execute function public.back();
with u as (update public.t set v = v where false), d as (delete from public.t where id = 4) insert into public.t values (7, 70);
call public.look();
update public.t set v = id, s = 'open' where id in (5, 6);
call public.look();
drop trigger a on public.t;
drop trigger b on public.second;

-- A BEFORE trigger that changes another row, which the query does not touch, touches later, or puts there.
create function public.beside() returns trigger language plpgsql as $$
begin
    if pg_trigger_depth() < 2 then
        update public.t set v = v + 1 where id = 6;
        insert into public.t values (100 + new.id, 0, 'new');
    end if;
    return new;
end $$;
create trigger bt before insert or update on public.t for each row execute function public.beside();
with u as (update public.t set v = v + 1 where id = 5) insert into public.t values (8, 8);
call public.look();
insert into public.t values (9, 9), (6, 0) on conflict (id) do nothing;
call public.look();
drop trigger bt on public.t;

-- A row goes, comes back, and goes in all ways that one query has.
delete from public.t where id > 9;
call public.look();
with gone as (delete from public.t where id = 5 returning *) insert into public.t select id, -v, s from gone;
with moved as (update public.t set id = 10 where id = 6 returning v) insert into public.t select 6, v from moved;
with gone as (delete from public.t where id = 7 returning 1), moved as (update public.t set id = 7 from gone where id = 8) select from gone;
call public.look();

-- Statement triggers that change the table, before its rows are captured and after.
create function public.tidy() returns trigger language plpgsql as $$
begin
    if pg_trigger_depth() < 2 then
        update public.t set s = tg_name, v = v + 1 where id in (5, 6);
        delete from public.t where v > 1000;
        insert into public.t values (11, 11) on conflict (id) do update set gone = not t.gone;
    end if;
    return null;
end $$;
create trigger a_first after insert or update or delete on public.t for each statement execute function public.tidy();
create trigger z_last after insert or update or delete on public.t for each statement execute function public.tidy();
update public.t set v = 2000 where id = 10;
call public.look();
with d as (delete from public.t where id = 6), i as (insert into public.t values (10, 10)) update public.t set v = 7 where id = 5;
call public.look();
drop trigger a_first on public.t;
drop trigger z_last on public.t;

-- What a trigger does is undone, and done otherwise; a row comes and goes within the statement.
create function public.try() returns trigger language plpgsql as $$
begin
    if pg_trigger_depth() < 2 then
        begin
            update public.t set v = -1 where id = new.id;
            delete from public.t where id = new.id;
            raise 'undone';
        exception when raise_exception then
            update public.t set v = v * 10 where id = new.id;
        end;
        insert into public.t values (12, new.v, 'new') on conflict (id) do update set s = 'open';
        delete from public.t where id = 12 and s = 'open';
    end if;
    return null;
end $$;
create trigger try after update on public.t for each row execute function public.try();
update public.t set v = id where id in (5, 7, 10);
call public.look();
begin;
savepoint a;
update public.t set v = v + 1 where id = 5;
rollback to a;
update public.t set v = v + 1 where id = 10;
commit;
call public.look();
drop trigger try on public.t;

-- A function in the query itself, and a trigger that waits for the end of the transaction.
create function public.poke(int) returns int language plpgsql as $$
begin
    update public.t set v = v + 1 where id = 10;
    return $1;
end $$;
update public.t set v = public.poke(v + 1) where id < 10;
call public.look();
create function public.late() returns trigger language plpgsql as $$
begin
    update public.t set v = 0 where id = new.id and v <> 0;
    delete from public.t where id = 10;
    return null;
end $$;
create constraint trigger late after update on public.t deferrable initially deferred for each row execute function public.late();
begin;
update public.t set v = 5 where id in (5, 10);
update public.t set v = 6, gone = true where id = 5;
commit;
call public.look();
table public.t;
