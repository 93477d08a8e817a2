-- Triggers that change the table again: what came last stands last.
\pset null '<null>'
set client_min_messages = warning;
select from eventlog.create_log('public.events', require_tenant => false);
create view public.seen as select type, entity_id, payload from public.events order by seq;
create table public.steps (id int primary key, n int, note text);
select from eventlog.track_changes('public.steps');
insert into public.steps values (1, 0), (2, 0);
create function public.again() returns trigger language plpgsql as $$
begin
    if new.n < 3 then
        update public.steps set n = new.n + 1 where id = new.id;
    end if;
    return null;
end $$;
create trigger again after update on public.steps for each row execute function public.again();
update public.steps set n = 1 where id = 1;
select * from public.seen offset 2;
update public.steps set n = 1, note = 'both';
select * from public.seen offset 5;
table public.steps;

-- A part that is rolled back leaves nothing.
create or replace function public.again() returns trigger language plpgsql as $$
begin
    if new.note = 'stop' then
        raise 'stop';
    elsif new.note is distinct from 'done' then
        begin
            update public.steps set n = new.n + 1, note = 'stop' where id = new.id;
        exception when raise_exception then
            update public.steps set n = new.n + 2, note = 'done' where id = new.id;
        end;
    end if;
    return null;
end $$;
create table public.mark as select max(seq) as seq from public.events;
update public.steps set n = 10, note = 'go' where id = 1;
select type, entity_id, payload from public.events where seq > (table public.mark) order by seq;
-- Nor does a whole statement, or a savepoint.
begin;
update public.mark set seq = (select max(seq) from public.events);
savepoint s;
update public.steps set n = 20, note = 'go';
rollback to s;
update public.steps set n = 21, note = 'done' where id = 2;
savepoint t;
update public.steps set n = 22, note = 'done' where id = 2;
release t;
do $$ begin
    update public.steps set n = 23, note = 'done';
    raise 'undone';
exception when raise_exception then null;
end $$;
select type, entity_id, payload from public.events where seq > (table public.mark) order by seq;
commit;
drop trigger again on public.steps;

-- A statement of another kind within: a row that is removed as soon as it comes, and one that a trigger adds.
create function public.other() returns trigger language plpgsql as $$
begin
    if new.note = 'remove me' then
        delete from public.steps where id = new.id;
    elsif new.note = 'add one' then
        insert into public.steps values (new.id + 100, new.n, 'added');
        update public.steps set n = n + 1 where id in (new.id, new.id + 100);
    end if;
    return null;
end $$;
create trigger other after insert on public.steps for each row execute function public.other();
update public.mark set seq = (select max(seq) from public.events);
insert into public.steps values (3, 0, 'remove me'), (4, 0, 'add one'), (5, 0, null);
select type, entity_id, payload from public.events where seq > (table public.mark) order by seq;
drop trigger other on public.steps;

-- Before a row comes, the one of the same key is removed: it went before the new one came.
create function public.replace() returns trigger language plpgsql as $$
begin
    delete from public.steps where id = new.id;
    return new;
end $$;
create trigger replace before insert on public.steps for each row execute function public.replace();
update public.mark set seq = (select max(seq) from public.events);
insert into public.steps values (1, 1, 'new'), (6, 6, 'newer');
insert into public.steps select * from public.steps where id in (1, 6);
select type, entity_id, payload from public.events where seq > (table public.mark) order by seq;
drop trigger replace on public.steps;
-- Only one may stay: each row that comes removes those before it.
create function public.only_one() returns trigger language plpgsql as $$
begin
    delete from public.steps;
    return new;
end $$;
create trigger only_one before insert on public.steps for each row execute function public.only_one();
update public.mark set seq = (select max(seq) from public.events);
insert into public.steps values (1, 1, 'first'), (7, 7, 'second'), (8, 8, 'third');
select type, entity_id, payload from public.events where seq > (table public.mark) order by seq;
table public.steps;
drop trigger only_one on public.steps;

-- Two tables that change each other.
create table public.totals (id int primary key, total int);
select from eventlog.track_changes('public.totals');
insert into public.totals values (1, 0);
create function public.count_steps() returns trigger language plpgsql as $$
begin
    update public.totals set total = total + new.n where id = 1;
    return null;
end $$;
create trigger count_steps after insert or update on public.steps for each row execute function public.count_steps();
create function public.note_statement() returns trigger language plpgsql as $$
begin
    if (select total from public.totals) < 1000 then
        update public.steps set n = 1000 where id = 8;
    end if;
    return null;
end $$;
create trigger note_total after update on public.totals for each statement execute function public.note_statement();
update public.mark set seq = (select max(seq) from public.events);
update public.steps set n = 5 where id = 8;
select type, entity_id, payload from public.events where seq > (table public.mark) order by seq;

drop trigger note_total on public.totals;
-- Deferred to the end of the transaction.
create function public.late() returns trigger language plpgsql as $$
begin
    update public.totals set total = -1 where id = 1 and total <> -1;
    return null;
end $$;
create constraint trigger late after update on public.totals deferrable initially deferred for each row execute function public.late();
update public.mark set seq = (select max(seq) from public.events);
begin;
update public.totals set total = 5000;
update public.totals set total = 6000;
commit;
select type, entity_id, payload from public.events where seq > (table public.mark) order by seq;
