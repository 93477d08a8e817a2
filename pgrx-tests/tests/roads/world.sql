-- What is the same in each world: roles, functions that others wrote, tables that policies look at.
set client_min_messages = error;
drop schema if exists world cascade;
create schema world;
grant usage on schema world to public;
create table world.allowed (name text);
insert into world.allowed values ('task-1'), ('task-2');
grant select on world.allowed to public;
create table world.parent (id text primary key);
insert into world.parent values ('task-1'), ('task-2'), ('task-3');
create table world.noted (n bigint generated always as identity, what text);
grant insert on world.noted to public;
create table world.members (who text, tenant text);
insert into world.members values ('ann', '1'), ('bob', '2');
grant select on world.members to public;
create domain world.short as text check (length(value) < 8);
create type world.kind as enum ('order', 'task');

create function world.is_short(value text) returns boolean language plpgsql stable as $$
begin
    return length(value) < 8;
end
$$;
create function world.is_plain(value text) returns boolean language sql immutable as 'select value !~ ''[0-9]''';
create function world.same(a text, b text) returns boolean language plpgsql immutable as $$
begin
    return lower(a) = lower(b);
end
$$;
create operator world.=== (function = world.same, leftarg = text, rightarg = text);

create function world.change() returns trigger language plpgsql as $$
begin
    new.source_type := 'changed';
    return new;
end
$$;
create function world.swallow() returns trigger language plpgsql as $$
begin
    if new.entity_id = 'task-2' then
        return null;
    end if;
    return new;
end
$$;
create function world.refuse() returns trigger language plpgsql as $$
begin
    if new.actor_id = 'bob' then
        raise exception using errcode = 'P0042', message = 'no bob', detail = 'not here', hint = 'ann', constraint = 'bobless';
    end if;
    return new;
end
$$;
create function world.note_row() returns trigger language plpgsql security definer as $$
begin
    insert into world.noted (what) values (tg_name || ' ' || tg_when || ' ' || new.type || ' ' || coalesce(new.entity_id, '-'));
    return null;
end
$$;
create function world.note_rows() returns trigger language plpgsql security definer as $$
begin
    insert into world.noted (what) select tg_name || ' ' || count(*) from rows;
    return null;
end
$$;
create function world.note_statement() returns trigger language plpgsql security definer as $$
begin
    insert into world.noted (what) values (tg_name || ' ' || tg_when || ' ' || tg_level);
    return null;
end
$$;

-- How applications call it.
create function world.through(sql text) returns text language plpgsql as $$
declare
    result text;
begin
    execute sql into result;
    return result;
end
$$;
create function world.lent(sql text) returns text language plpgsql security definer as $$
declare
    result text;
begin
    execute sql into result;
    return result;
end
$$;
create function world.catch(sql text) returns text language plpgsql as $$
declare
    result text;
begin
    begin
        execute sql into result;
    exception when others then
        return 'caught ' || sqlstate || ' ' || sqlerrm;
    end;
    return result;
end
$$;
