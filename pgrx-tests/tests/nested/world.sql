-- A tracked table, two tables beside it, and triggers that run statements by chance. Called for each round anew.
set client_min_messages = warning;
set eventlog.allow_drop = on;
drop schema if exists world cascade;
create schema world;
set search_path = world, public;

create sequence world.budget;
create function world.r(n int) returns int language sql volatile as 'select 1 + floor(random() * n)::int';
create table world.parents (id int primary key, v int);
create table world.others (id int primary key, v int);

-- Parts of the table: a plain one, or partitions whose columns stand in another order.
create procedure world.make_items(partitioned boolean) language plpgsql as $$
begin
    execute 'create table world.items (id int primary key, gap int, v int, num numeric, doc jsonb, status text, gone boolean default false,
        tenant text not null default ''a'', parent int, next int'
        || case when partitioned then ')' else ', twice bigint generated always as (v * 2) stored)' end || case when partitioned then ' partition by range (id)' else '' end;
    if partitioned then
        create table world.items_low partition of world.items for values from (minvalue) to (4);
        create table world.items_high (next int, tenant text not null default 'a', junk text, doc jsonb, id int not null, status text,
            num numeric, gone boolean default false, parent int, v int);
        alter table world.items_high drop column junk;
        alter table world.items drop column gap;
        alter table world.items attach partition world.items_high for values from (4) to (maxvalue);
    else
        alter table world.items drop column gap;
    end if;
    execute format('alter table world.items add foreign key (parent) references world.parents on delete %s on update cascade',
        (array['cascade', 'set null'])[world.r(2)]);
    execute format('alter table world.items add foreign key (next) references world.items on delete %s on update cascade',
        (array['cascade', 'set null'])[world.r(2)]);
end $$;

-- A statement by chance.
create function world.statement(partitioned boolean) returns text language plpgsql volatile as $$
declare
    a int := world.r(7);
    b int := world.r(7);
    x int := world.r(3);
    s text := (array['new', 'open', 'done'])[world.r(3)];
    t text := (array['a', 'a', 'b'])[world.r(3)];
begin
    return case world.r(30)
        when 1 then format('insert into world.items (id, v, status) values (%s, %s, %L) on conflict do nothing', a, x, s)
        when 2 then format('insert into world.items (id, v) values (%s, %s), (%s, %2$s) on conflict (id) do update set v = excluded.v, num = items.num + 1.0', a, x, a + 1)
        when 3 then format('insert into world.items (id, v, parent, next) select n, %s, (select id from world.parents where id = n), (select id from world.items where id = %s) from generate_series(%s, %3$s + 2) n on conflict do nothing', x, b, a)
        when 4 then format('update world.items set v = %s where id = %s', x, a)
        when 5 then format('update world.items set v = coalesce(v, 0) + 1 where id in (%s, %s)', a, b)
        when 6 then format('update world.items set status = %L where id >= %s', s, a)
        when 7 then format('update world.items set status = %L, v = %s where id = %s', s, x, a)
        when 8 then format('update world.items set gone = not gone, v = %s where id = %s', x, a)
        when 9 then format('update world.items set tenant = %L where id = %s', t, a)
        when 10 then format('update world.items set id = %s where id = %s', b, a)
        when 11 then format('update world.items set num = 1.%s, doc = ''{"a": %s}'' where id <= %s', repeat('0', x), x, a)
        when 12 then format('delete from world.items where id = %s', a)
        when 13 then format('delete from world.items where id in (%s, %s)', a, b)
        when 14 then format('with u as (update world.items set v = %s where id = %s returning id) insert into world.items (id, v) select %s, count(*) from u on conflict do nothing', x, a, b)
        when 15 then format('with d as (delete from world.items where id = %s returning *) insert into world.items (id, v, status, tenant) select id, %s, status, tenant from d', a, x)
        when 16 then format('with i as (insert into world.items (id, v) values (%s, %s) on conflict do nothing returning id), d as (delete from world.items where id = %s returning id) update world.items set v = %2$s where id not in (select id from i union all select id from d)', a, x, b)
        when 17 then format('with u as (update world.items set id = id + 10 where id = %s) insert into world.items (id, v) values (%s, %s) on conflict do nothing', a, b, x)
        when 18 then format('merge into world.items i using (values (%s, %s), (%s, null), (%s, 3)) n (id, v) on n.id = i.id when matched and n.v is null then delete when matched and n.v = 3 then update set v = coalesce(i.v, 0) + 1 when matched then update set status = %L, v = n.v when not matched and n.v is not null then insert (id, v) values (n.id, n.v)', a, x, b, (a + b) % 7 + 1, s)
        when 19 then format('insert into world.parents values (%s, %s) on conflict (id) do update set v = excluded.v', a, x)
        when 20 then format('update world.parents set id = id + %s where id = %s', 7 * x, a)
        when 21 then format('delete from world.parents where id = %s', a)
        when 22 then format('update world.items set parent = (select max(id) from world.parents), next = (select min(id) from world.items) where id = %s', a)
        when 23 then format('insert into world.others values (%s, %s) on conflict (id) do update set v = others.v + 1', a, x)
        when 24 then format('update world.others set v = v + %s where id >= %s', x, a)
        when 25 then format('delete from world.others where id = %s', a)
        when 26 then format('update world.items set v = world.poke(%s) where id <= %s', x, a)
        when 27 then format('insert into world.items (id, v) values (%s, world.poke(%s)), (%s, world.poke(1))', a, x, b)
        when 28 then format('select world.poke(%s), world.poke(%s)', a, b)
        when 29 then format('update world.items set id = id + %s where id >= %s', 7 * x, a)
        else case when partitioned
            then (array[format('update world.items_low set v = %s where id = %s', x, a), format('delete from world.items_high where id = %s', a),
                format('update world.items set id = 8 - id where id = %s', a)])[world.r(3)]
            else format('update world.items set v = %s, tenant = %L, status = %L where id = %s', x, t, s, a) end
    end;
end $$;

-- Runs a statement, mostly in an exception block, sometimes undone; what must never happen passes.
create procedure world.run() language plpgsql as $$
declare
    sql text := world.statement(to_regclass('world.items_low') is not null);
begin
    if nextval('world.budget') > 40 then
        return;
    end if;
    if random() < 0.3 then
        execute sql;
        return;
    end if;
    begin
        execute sql;
        if random() < 0.15 then
            raise 'undone';
        end if;
    exception when others then
        if sqlstate in ('XX000', '55000', '54000') then
            raise;
        end if;
    end;
end $$;

create function world.poke(x int) returns int language plpgsql volatile as $$
begin
    if pg_trigger_depth() < 3 and random() < 0.5 then
        call world.run();
    end if;
    return x;
end $$;

create function world.act() returns trigger language plpgsql as $$
begin
    if pg_trigger_depth() <= 4 and random() < 0.5 / pg_trigger_depth() then
        call world.run();
    end if;
    if tg_when = 'BEFORE' and tg_level = 'ROW' then
        if tg_op = 'DELETE' then
            return case when random() < 0.05 then null else old end;
        elsif random() < 0.05 then
            return null;
        elsif random() < 0.2 then
            new.v := world.r(3);
        end if;
        return new;
    end if;
    return null;
end $$;

-- Triggers of every kind, some before and some after those that capture, by their names.
create procedure world.make_triggers() language plpgsql as $$
declare
    kind record;
begin
    for kind in
        select r.relation, w.timing, e.event, l.level, n.name
        from (values ('world.items'), ('world.others'), ('world.parents')) r (relation)
        cross join (values ('before'), ('after')) w (timing)
        cross join (values ('insert'), ('update'), ('delete')) e (event)
        cross join (values ('row'), ('statement')) l (level)
        cross join (values ('a'), ('z')) n (name)
        where random() < 0.2
    loop
        execute format('create trigger %I %s %s on %s for each %s execute function world.act()',
            kind.name || kind.timing || kind.event || kind.level, kind.timing, kind.event, kind.relation, kind.level);
    end loop;
    if random() < 0.3 then
        create constraint trigger late after insert or update or delete on world.items deferrable initially deferred
            for each row execute function world.act();
    end if;
end $$;
