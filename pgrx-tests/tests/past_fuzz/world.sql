-- A tracked table, and copies of it by column number: what a row held stands in "shadow" as it was and as it is told today.
-- Made anew for each round.
set client_min_messages = warning;
set eventlog.allow_drop = on;
set check_function_bodies = off;
drop schema if exists world cascade;
create schema world;
set search_path = world, public;

create type world.mood as enum ('ok', 'bad', 'so');
create type world.mood_new as enum ('ok', 'bad', 'so', 'new');
create type world.spot as (x int, y int);
create domain world.size as int;

-- Of the partitions one has its columns in another order, and a column that went.
create procedure world.make_table(partitioned boolean) language plpgsql as $$
declare
    columns text := 'a int, b numeric, c text, d world.mood, e world.spot, f world.size, g varchar(9), h int[], i world.mood[], j date';
begin
    if not partitioned then
        execute format('create table world.t (id int primary key, junk text, part int, %s)', columns);
    else
        execute format('create table world.t (id int, junk text, part int, %s, primary key (part, id)) partition by list (part)', columns);
        create table world.t_0 partition of world.t for values in (0);
        execute format('create table world.t_1 (other text, %s, junk text, id int not null, part int not null, gone int)', columns);
        alter table world.t_1 drop column gone, drop column other;
        alter table world.t attach partition world.t_1 for values in (1);
    end if;
    alter table world.t drop column junk;
end $$;

create table world.snap (snap serial primary key, at timestamptz, key_lost boolean default false);
create table world.entry (snap int, place bigint, key jsonb);
-- "was" is the value of its time, "value" what it is in today's type and words; "reworded", since words of it became others.
create table world.shadow (snap int, place bigint, attnum int, was jsonb, value jsonb, reworded boolean default false);

create function world.key() returns text language sql stable as
$$ select attname::text from pg_attribute where attrelid = 'world.t'::regclass and attnum = 1 $$;

-- Copies the table as it is.
create function world.keep(ignored int[]) returns void language plpgsql as $$
declare
    now_at int;
begin
    insert into world.snap (at) values (clock_timestamp()) returning snap into now_at;
    execute format($q$
        with r as (select row_number() over () as place, to_jsonb(t) as r from world.t t),
        e as (insert into world.entry select $1, place, r -> %L from r)
        insert into world.shadow (snap, place, attnum, was, value)
        select $1, r.place, a.attnum, r.r -> a.attname::text, r.r -> a.attname::text
        from r cross join pg_attribute a
        where a.attrelid = 'world.t'::regclass and a.attnum > 0 and not a.attisdropped and a.attnum <> all ($2)
        $q$, world.key()) using now_at, ignored;
    perform pg_sleep(0.001);
end $$;

-- A value under an expression of its column, or a text that nothing is equal to.
create function world.recast(name text, value jsonb, expression text) returns jsonb language plpgsql as $$
declare
    told jsonb;
begin
    execute format('select to_jsonb(%s) from jsonb_populate_record(null::world.t, jsonb_build_object(%L, $1)) t', expression, name)
    into told using value;
    return coalesce(told, 'null');
exception when others then
    return '"cannot be told"';
end $$;

create function world.takes(name text, value jsonb) returns boolean language plpgsql as $$
begin
    perform jsonb_populate_record(null::world.t, jsonb_build_object(name, value));
    return true;
exception when others then
    return false;
end $$;

-- Changes a column's type; "using" is null for none. Whether the past is known afterwards, the extension has said.
create function world.retype(number int, type text, expression text) returns boolean language plpgsql as $$
declare
    name text := (select attname from pg_attribute where attrelid = 'world.t'::regclass and attnum = number);
    since uuid := (select id from eventlog.column_change order by id desc limit 1);
    lost boolean;
begin
    update world.shadow s set value = world.recast(name, s.value, format('(%s)::%s', coalesce(expression, name), type))
    where s.attnum = number and s.value <> 'null';
    if number = 1 then
        update world.entry s set key = world.recast(name, s.key, format('(%s)::%s', coalesce(expression, name), type));
    end if;
    execute format('alter table world.t alter column %I type %s %s', name, type, 'using ' || expression);
    lost := exists (select from eventlog.column_change c
        where (since is null or c.id > since) and c.action = 'rewritten' and c.column_name = name);
    if lost then
        delete from world.shadow s where s.attnum = number;
        if number = 1 then
            update world.snap set key_lost = true;
        end if;
    end if;
    return lost;
end $$;

create function world.is_of(number int, types regtype[]) returns boolean language sql stable as
$$ select exists (select from pg_attribute where attrelid = 'world.t'::regclass and attnum = number and atttypid = any (types)) $$;

create function world.relabel(former text, label text) returns void language plpgsql as $$
begin
    execute format('alter type world.mood rename value %L to %L', former, label);
    update world.shadow s set reworded = true, value = replace(s.value::text, format('"%s"', former), format('"%s"', label))::jsonb
    where world.is_of(s.attnum, '{world.mood,world.mood[]}') and strpos(s.value::text, format('"%s"', former)) > 0;
end $$;

create function world.rename_attribute(former text, name text) returns void language plpgsql as $$
begin
    execute format('alter type world.spot rename attribute %I to %I', former, name);
    update world.shadow s set reworded = true, value = replace(s.value::text, format('"%s":', former), format('"%s":', name))::jsonb
    where world.is_of(s.attnum, '{world.spot}') and s.value <> 'null';
end $$;

create function world.add_attribute(name text) returns void language plpgsql as $$
begin
    execute format('alter type world.spot add attribute %I int', name);
    update world.shadow s set value = s.value || jsonb_build_object(name, null)
    where world.is_of(s.attnum, '{world.spot}') and s.value <> 'null';
end $$;

create function world.drop_attribute(name text) returns void language plpgsql as $$
begin
    execute format('alter type world.spot drop attribute %I', name);
    update world.shadow s set value = s.value - name
    where world.is_of(s.attnum, '{world.spot}') and s.value <> 'null';
end $$;

-- What table_as_of shows of a time against the copy: each difference as a row.
create function world.wrong(which int) returns table (what text) language plpgsql as $$
begin
    return query execute format($q$
        with was as materialized (
            select to_jsonb(t) as r from eventlog.table_as_of(null::world.t, (select s.at from world.snap s where s.snap = $1)) t
        ),
        entry as (select e.place, e.key from world.entry e where e.snap = $1),
        pair as (select * from was full join entry on was.r -> %1$L = entry.key)
        select case when r is null then 'missing: ' || key::text else 'invented: ' || r::text end
        from pair where r is null or key is null
        union all
        select format('%%s of %%s is %%s, was %%s, which is %%s%%s', a.attname, p.key, p.r -> a.attname::text, s.was, s.value,
            case when s.reworded then ' in other words' end)
        from pair p
        join pg_attribute a on a.attrelid = 'world.t'::regclass and a.attnum > 0 and not a.attisdropped
        left join world.shadow s on s.snap = $1 and s.place = p.place and s.attnum = a.attnum
        cross join lateral (select p.r -> a.attname::text as now) got
        where p.r is not null and p.key is not null and a.attnum <> 1 and not case
            when s.value is null then got.now = 'null'
            when jsonb_strip_nulls(got.now) = jsonb_strip_nulls(s.value) then true
            -- 39.0, which became 39, is no integer
            when got.now = 'null' then jsonb_strip_nulls(s.was)::text <> jsonb_strip_nulls(s.value)::text
                or not world.takes(a.attname::text, s.value)
            else not s.reworded and got.now #>> '{}' = s.was #>> '{}'
        end
        $q$, world.key()) using which;
end $$;

-- How many values are there that are not shown; if any are, a warning has to say so.
create function world.hidden(which int) returns bigint language plpgsql as $$
declare
    n bigint;
begin
    execute format($q$
        select count(*)
        from eventlog.table_as_of(null::world.t, (select s.at from world.snap s where s.snap = $1)) t
        join world.entry e on e.snap = $1 and e.key = to_jsonb(t) -> %L
        join world.shadow s on s.snap = $1 and s.place = e.place and s.was <> 'null' and s.value <> 'null'
        join pg_attribute a on a.attrelid = 'world.t'::regclass and a.attnum = s.attnum and not a.attisdropped
        where to_jsonb(t) -> a.attname::text = 'null'
        $q$, world.key()) into n using which;
    return n;
end $$;
