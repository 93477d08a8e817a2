-- A row that one statement removes and the same one brings back: it went before it came, whatever its key is made of. What
-- is there in the end tells it from a row that came and went.
\pset null '<null>'
set client_min_messages = warning;
select from eventlog.create_log('public.events', require_tenant => false);
create view public.seen as select type, entity_id, payload from public.events order by seq;
create type public.mood as enum ('sad', 'happy');
create type public.pair as (n int, t text);
create domain public.code as varchar(9) not null check (value <> '');
create function public.replace() returns trigger language plpgsql as $$
begin
    if tg_argv[0] = 'after' then
        execute format('delete from %s where id = $1.id', tg_relid::regclass) using new;
        return null;
    end if;
    execute format('delete from %s where id = $1.id', tg_relid::regclass) using new;
    return new;
end $$;
do $$
declare
    key record;
    n int := 0;
begin
    for key in values ('int', '7'), ('text', 'a "b"'), ('public.mood', 'happy'), ('public.code', 'c'), ('timestamptz', '2024-01-01 00:00+00'),
        ('timestamptz', 'infinity'), ('numeric', 'NaN'), ('numeric', '1.50'), ('float8', '0.1'), ('public.pair', '(1,"a b")'),
        ('int[]', '{1,2}'), ('int4range', '[1,5)'), ('jsonb', '{"a": [1]}'), ('bytea', '\x00ff'), ('uuid', '11111111-1111-4111-8111-111111111111'),
        ('interval', '1 mon'), ('"char"', 'x'), ('char(4)', 'ab'), ('inet', '10.0.0.1'), ('bit(3)', '101')
    loop
        n := n + 1;
        execute format('create table public.%I (id %s primary key, v int)', 't' || n, key.column1);
        perform from eventlog.track_changes(format('public.%I', 't' || n)::regclass, entity_type => key.column1 || ' ' || n);
        execute format('insert into public.%I values (%L, 1)', 't' || n, key.column2);
        execute format('with gone as (delete from public.%1$I returning *) insert into public.%1$I select id, 2 from gone', 't' || n);
        execute format('create trigger r before insert on public.%I for each row execute function public.replace(''before'')', 't' || n);
        execute format('insert into public.%I values (%L, 3)', 't' || n, key.column2);
        execute format('drop trigger r on public.%I', 't' || n);
        execute format('delete from public.%I', 't' || n);
        execute format('create trigger r after insert on public.%I for each row execute function public.replace(''after'')', 't' || n);
        execute format('insert into public.%I values (%L, 4)', 't' || n, key.column2);
    end loop;
end $$;
select entity_type, min(entity_id), string_agg(split_part(type, '.', array_length(string_to_array(type, '.'), 1)) || ' '
    || coalesce(payload -> 'initial_values' ->> 'v', payload -> 'final_values' ->> 'v'), ', ' order by seq)
from public.events group by entity_type order by split_part(entity_type, ' ', -1)::int;

-- In a partitioned table, by someone who may only add to it; the owner's eyes are those that look.
create role capture_replacer;
create role capture_keeper;
create schema kept authorization capture_keeper;
grant usage on schema kept to capture_replacer;
select from eventlog.grant_tracker('public.events', 'capture_keeper');
set role capture_keeper;
create table kept.parts (a text, b int, c date, v int, primary key (b, a)) partition by range (b);
create table kept.parts_1 (v int, c date, b int not null, a text not null, primary key (b, a));
alter table kept.parts attach partition kept.parts_1 for values from (0) to (100);
create function kept.clear() returns trigger language plpgsql security definer set search_path = kept as $$
begin
    delete from parts p where p.a = new.a;
    return new;
end $$;
create trigger clear before insert on kept.parts for each row execute function kept.clear();
alter table kept.parts enable row level security, force row level security;
create policy none on kept.parts for select using (a <> 'hidden');
create policy adding on kept.parts for insert with check (true);
create policy removing on kept.parts for delete using (true);
grant insert on kept.parts to capture_replacer;
select from eventlog.track_changes('kept.parts', entity_type => 'part', ignore => '{c}');
reset role;
insert into kept.parts values ('x', 1, null, 1), ('hidden', 2, null, 1);
set role capture_replacer;
insert into kept.parts values ('x', 1, '2024-01-01', 2);
-- One after the other: the first one is removed by the second.
insert into kept.parts values ('y', 3, null, 3), ('y', 4, null, 4);
reset role;
select type, entity_id, payload from public.events where entity_type = 'part' order by seq;
