-- A row that comes and goes within a statement, or goes and comes: the row itself is asked, by a key of any type, whatever
-- row-level security hides.
\pset null '<null>'
set client_min_messages = warning;
select from eventlog.create_log('public.events', require_tenant => false);
create function public.leave() returns trigger language plpgsql as $$
begin
    execute format('delete from %s', tg_relid::regclass);
    return null;
end $$;
create function public.come_back() returns trigger language plpgsql as $$
begin
    if pg_trigger_depth() < 2 then
        execute format('insert into %s values ($1.*)', tg_relid::regclass) using old;
    end if;
    return null;
end $$;
create type public.label as enum ('first', 'second');
create type public.pair as (a int, b text);
create domain public.code as text check (value <> '');
create collation public.nocase (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
do $$
declare
    kind record;
    told text;
begin
    for kind in
        select row_number() over () as n, *
        from (values ('int', '7'), ('bigint', '-9007199254740993'), ('numeric', '1.50'), ('numeric', 'NaN'), ('float8', '-Infinity'),
            ('float4', '0.1'), ('text', 'a "quoted" \ one'), ('text', ''), ('text collate public.nocase', 'Case'), ('public.code', 'x'), ('char(5)', 'ab'), ('"char"', 'c'), ('name', 'n'),
            ('boolean', 'f'), ('uuid', '6a6f5b1c-0d3c-4d4f-8f1e-0d6b7c1e2f3a'), ('date', 'infinity'), ('date', '0044-03-15 BC'),
            ('timestamptz', '2026-01-31 12:00:00.123456+05:30'), ('timestamp', '2026-01-31 12:00'), ('interval', '1 mon -3 days 04:05:06.7'),
            ('time', '12:00'), ('timetz', '12:00+02'), ('bytea', '\x00ff'), ('inet', '10.0.0.1/8'), ('macaddr', '08:00:2b:01:02:03'), ('bit(3)', '101'),
            ('varbit', '10'), ('money', '12.34'), ('public.label', 'second'), ('public.pair', '(1,"a b")'), ('int[]', '{1,2,NULL}'),
            ('text[]', '{a,"b c",""}'), ('int4range', '[1,5)'), ('int4multirange', '{[1,2),[5,6)}'), ('jsonb', '{"a": [1, null]}'), ('jsonb', 'null'), ('jsonb', '"s"'),
            ('oid', '42'), ('regclass', 'pg_class'), ('tsvector', 'a b'), ('pg_lsn', '0/16B3748'), ('xid8', '12345678901')) v (type, value)
    loop
        execute format('create table public.t_%s (id %s primary key, v int)', kind.n, kind.type);
        perform eventlog.track_changes(format('public.t_%s', kind.n)::regclass);
        execute format('create trigger leave after insert on public.t_%s for each row execute function public.leave()', kind.n);
        execute format('insert into public.t_%s values (%L, 1)', kind.n, kind.value);
        execute format('drop trigger leave on public.t_%1$s; insert into public.t_%1$s values (%2$L, 2);', kind.n, kind.value);
        execute format('create trigger come_back after delete on public.t_%s for each row execute function public.come_back()', kind.n);
        execute format('delete from public.t_%s', kind.n);
        select string_agg(split_part(type, '.', 2), ', ' order by seq) into told from public.events where entity_type = format('t_%s', kind.n);
        if told is distinct from 'created, deleted, created, deleted, created' then
            raise warning '% %: %', kind.type, kind.value, told;
        end if;
    end loop;
end $$;
select count(*), count(distinct entity_type) from public.events;

-- Keys of several columns, in another order than those of the table.
create table public.several (v int, b public.pair, a int[], primary key (a, b));
select from eventlog.track_changes('public.several');
create trigger leave after insert on public.several for each row execute function public.leave();
insert into public.several values (1, '(1,x)', '{1,2}'), (2, '(2,)', '{}');
select type, entity_id from public.events where entity_type = 'several' order by seq;

-- Row-level security that hides all rows, also from the table's owner.
create role overlap_owner;
grant create on schema public to overlap_owner;
set role overlap_owner;
select from eventlog.create_log('public.their_events', require_tenant => false);
create table public.hidden (id int primary key, v int);
select from eventlog.track_changes('public.hidden', log => 'public.their_events');
alter table public.hidden enable row level security;
alter table public.hidden force row level security;
create policy put on public.hidden for insert with check (true);
reset role;
create trigger come_back after delete on public.hidden for each row execute function public.come_back();
insert into public.hidden values (1, 1);
delete from public.hidden;
create trigger leave after insert on public.hidden for each row execute function public.leave();
drop trigger come_back on public.hidden;
create or replace function public.leave() returns trigger language plpgsql security definer as $$
begin
    execute format('delete from %s where id = 2', tg_relid::regclass);
    return null;
end $$;
set role overlap_owner;
insert into public.hidden values (2, 2), (3, 3);
select type, entity_id from public.their_events order by seq;
reset role;
