-- What others track, or tracked once, costs nothing: not the beginning of a tracking, nor a statement of DDL, nor the
-- reading of an entity's history. Rows are counted, since time is not to be relied on.
create schema app;
select eventlog.create_log('app.events', require_tenant => false);

-- What the transaction has read of the catalogue's tables by now, and of the triggers of all tables.
create function app.rows_read() returns table (tracked bigint, columns bigint, triggers bigint)
    language sql volatile as $$
    select n[1], n[2], n[3]
    from (
        select array_agg(pg_stat_get_xact_tuples_returned(c.oid) + pg_stat_get_xact_tuples_fetched(c.oid)
            order by c.ord)
        from unnest('{eventlog.tracked_table,eventlog.column_change,pg_trigger}'::regclass[])
            with ordinality as c (oid, ord)
    ) as counted (n)
$$;

-- The same acts on a table of their own, and what they read.
create function app.acts(name text) returns table (act text, tracked bigint, columns bigint, triggers bigint)
    language plpgsql volatile as $$
declare
    before record;
    now record;
begin
    execute format('create table app.%I (id int primary key, v int)', name);
    for act in values
        ('track_changes'), ('insert'), ('add column'), ('rename column'), ('type of something else'), ('drop something else'),
        ('entity_history'), ('table_as_of'), ('untrack_changes')
    loop
        select * into before from app.rows_read();
        case act
            when 'track_changes' then perform eventlog.track_changes(format('app.%I', name)::regclass);
            when 'insert' then execute format('insert into app.%I values (1, 2)', name);
            when 'add column' then execute format('alter table app.%I add column w int', name);
            when 'rename column' then execute format('alter table app.%I rename column w to x', name);
            when 'type of something else' then execute 'alter table app.other alter column v type text';
            when 'drop something else' then execute 'alter table app.other drop column v, add column v int';
            when 'entity_history' then perform from eventlog.entity_history(name, '1');
            when 'table_as_of' then execute format(
                'select from eventlog.table_as_of(null::app.%I, clock_timestamp())', name);
            when 'untrack_changes' then perform eventlog.untrack_changes(format('app.%I', name)::regclass);
        end case;
        select * into now from app.rows_read();
        tracked := now.tracked - before.tracked;
        columns := now.columns - before.columns;
        triggers := now.triggers - before.triggers;
        return next;
    end loop;
end
$$;

create table app.other (id int primary key, v int);
-- Loads what a session reads once.
begin;
select count(*) from app.acts('warm_up');
rollback;
begin;
select jsonb_object_agg(act || ': ' || of, rows)::text as alone from app.acts('probe'),
    lateral (values ('trackings', tracked), ('their columns', columns), ('triggers', triggers)) as r (of, rows) \gset
rollback;

-- Now beside others: those that go on in the same log and in another one, and those that have ended.
select eventlog.create_log('app.others', require_tenant => false);
do $$ begin
    for i in 1..200 loop
        execute format('create table app.t%s (id int primary key, v int)', i);
        perform eventlog.track_changes(format('app.t%s', i)::regclass,
            log => case when i % 2 = 0 then 'app.events'::regclass else 'app.others' end);
        if i % 4 = 0 then
            perform eventlog.untrack_changes(format('app.t%s', i)::regclass);
        else
            execute format('alter table app.t%s rename column v to w', i);
        end if;
    end loop;
end $$;
begin;
select count(*) from app.acts('warm_up');
rollback;
begin;
select jsonb_object_agg(act || ': ' || of, rows)::text as crowded from app.acts('probe'),
    lateral (values ('trackings', tracked), ('their columns', columns), ('triggers', triggers)) as r (of, rows) \gset
rollback;

-- The rules of the log are read anew after each change of them, with the trackings into that log: these are some 50.
select key as act, case when b.value::int <= a.value::int + 10 then 'no more' else 'more: ' || a.value || ' to ' || b.value end
from jsonb_each_text(:'alone') a join jsonb_each_text(:'crowded') b using (key)
order by key;
