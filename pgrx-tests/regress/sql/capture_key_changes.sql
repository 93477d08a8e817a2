-- An update that changes keys: each row is a deletion and a creation, in an order in which no entity comes before it has gone.
set client_min_messages = warning;
select from eventlog.create_log('public.events', require_tenant => false);
create view public.seen as select type, entity_id, payload from public.events order by seq;
create table public.mark as select 0::bigint as seq;
-- What the events make of each entity, beside what the table has.
create function public.differing(of text) returns table (id text, told jsonb, there jsonb) language plpgsql as $$
begin
    return query execute format($q$
        select coalesce(h.entity_id, t.id::text), h.state, to_jsonb(t)
        from (
            select e.entity_id, (
                select s.state from eventlog.entity_history(%1$L, e.entity_id) s order by s.seq desc limit 1
            ) as state
            from (select distinct entity_id from public.events where entity_type = %1$L) e
        ) h
        full join public.%1$I t on t.id::text = h.entity_id
        where h.state is distinct from to_jsonb(t)
    $q$, of);
end $$;

-- A key that is checked row by row.
create table public.plain (id int primary key, v text);
select from eventlog.track_changes('public.plain');
insert into public.plain values (3, 'c'), (2, 'b'), (1, 'a');
update public.mark set seq = (select max(seq) from public.events);
update public.plain set id = id + 1;
select type, entity_id, payload from public.events where seq > (table public.mark) order by seq;
update public.plain set id = case id when 4 then 10 else id end, v = v || '!';
select * from public.differing('plain');

-- One that is checked at the end: what goes stands before what comes.
create table public.late (id int primary key deferrable, v text);
select from eventlog.track_changes('public.late');
insert into public.late values (1, 'a'), (2, 'b'), (3, 'c');
update public.mark set seq = (select max(seq) from public.events);
update public.late set id = id + 1;
select type, entity_id, payload from public.events where seq > (table public.mark) order by seq;
update public.late set id = 6 - id, v = v || '!';
update public.late set v = v || '?', id = case id when 2 then 20 else id end;
select * from public.differing('late');
create table public.deferred (id int primary key deferrable initially deferred, v text);
select from eventlog.track_changes('public.deferred');
insert into public.deferred values (1, 'same'), (2, 'same');
update public.deferred set id = 3 - id;
update public.deferred set id = id + 1;
select * from public.differing('deferred');

-- One that a cascade changes once more, in the same statement and for the same row.
create table public.tree (code text unique, parent text references public.tree (code) on update cascade, n int,
    primary key (parent, n) deferrable);
select from eventlog.track_changes('public.tree');
insert into public.tree (code, parent, n) values ('a', 'a', 1), ('b', 'a', 2), ('c', 'b', 1);
update public.mark set seq = (select max(seq) from public.events);
update public.tree set code = code || 'x', n = n + 1;
select type, entity_id, payload from public.events where seq > (table public.mark) order by entity_id, seq;
table public.tree order by parent, n;

-- Rows that a trigger keeps from arriving at another partition: what each key stood for before and after.
create table public.parts (id int primary key, v text) partition by range (id);
create table public.parts_low partition of public.parts for values from (0) to (100);
create table public.parts_high partition of public.parts for values from (100) to (200);
select from eventlog.track_changes('public.parts');
create function public.refuse() returns trigger language plpgsql as 'begin return null; end';
create trigger refuse before insert on public.parts_high for each row execute function public.refuse();
insert into public.parts select n, 'v' || n from generate_series(9, 1, -1) n;
update public.mark set seq = (select max(seq) from public.events);
update public.parts set id = case when id % 3 = 0 then id + 100 when id % 3 = 2 then id + 1 else id end, v = v || '!';
select type, entity_id, payload from public.events where seq > (table public.mark) order by entity_id, seq;
select * from public.differing('parts');
