-- Columns are found by name: dropped ones, quoted ones, generated ones, those that came later.
\pset null '<null>'
set client_min_messages = warning;
select from eventlog.create_log('public.events', require_tenant => false);
create view public.seen as select type, entity_id, payload from public.events order by seq;
create schema "Odd ""schema""";
create table "Odd ""schema"".t" (x int);
create table "Odd ""schema"""."Tabelle ""ä"" 猫" ("dropped" int, "Schlüssel ""1""" int, "select" text, gone text, "Ünïcode 猫" int,
    "a.b" int generated always as ("Ünïcode 猫" * 2) stored, " " text, primary key ("Schlüssel ""1"""));
alter table "Odd ""schema"""."Tabelle ""ä"" 猫" drop column "dropped";
select from eventlog.track_changes('"Odd ""schema"""."Tabelle ""ä"" 猫"');
insert into "Odd ""schema"""."Tabelle ""ä"" 猫" ("Schlüssel ""1""", "select", gone, "Ünïcode 猫", " ") values (1, 'a', 'b', 3, 'c');
alter table "Odd ""schema"""."Tabelle ""ä"" 猫" drop column gone, add column later numeric default 1.50;
update "Odd ""schema"""."Tabelle ""ä"" 猫" set "Ünïcode 猫" = 4;
update "Odd ""schema"""."Tabelle ""ä"" 猫" set later = later + 1, " " = null;
alter table "Odd ""schema"""."Tabelle ""ä"" 猫" rename column " " to "  ";
alter table "Odd ""schema"""."Tabelle ""ä"" 猫" alter column later type text;
delete from "Odd ""schema"""."Tabelle ""ä"" 猫";
select type, entity_type, entity_id, payload from public.events order by seq;
-- Of an ignored generated column, nothing.
create table public.boxes (w int, h int, area int generated always as (w * h) stored, id int generated always as identity primary key);
select from eventlog.track_changes('public.boxes', ignore => '{area}');
insert into public.boxes values (2, 3);
update public.boxes set w = 3, h = 2;
update public.boxes set w = 6, h = 1;
select * from public.seen where type like 'boxes%';
-- 200 columns.
do $$ begin
    execute (select format('create table public.wide (id int primary key, %s)', string_agg('c' || n || ' int default ' || n, ', '))
        from generate_series(1, 200) n);
end $$;
select from eventlog.track_changes('public.wide');
insert into public.wide values (1);
update public.wide set c1 = c1 + 1, c100 = null, c200 = 0;
select type, case type when 'wide.created' then (payload -> 'initial_values' = (select to_jsonb(w) || '{"c1": 1, "c100": 100, "c200": 200}' from public.wide w))::text else payload::text end
from public.seen where type like 'wide%';
