-- Whatever a stranger makes in the database stops doctor() for nobody: what it says of other objects stays what it was.
create role regress_ds_out;
create schema regress_ds authorization regress_ds_out;
set statement_timeout = '60s';
select eventlog.create_log('public.events');
alter table public.events disable trigger eventlog_gate;
\set of_others 'select severity, object, finding from eventlog.doctor() where object !~ ''regress_ds'''
set role regress_ds_out;
create temp table mine (x int);
create policy eventlog_owner on mine;
create table regress_ds.t (x int, tenant text);
create policy eventlog_owner on regress_ds.t;
reset role;
:of_others;

-- comments that are no notes
create table comments (n serial, comment text);
insert into comments (comment) values
    ('{"a": "\u0000"}'), ('{"column": 1e999999999}'), ('{"column": null}'), ('{"column": ["x"], "members": 5}'), ('{'), ('{}'),
    ('{"column": "' || repeat('x', 100) || '"}'), ('{"enabled": "perhaps", "forced": {}}'), ('{"a":' || repeat('[', 100000) || '}'),
    (repeat('{"a":1}', 200000)), ('{"column": "x", "members": "no such(thing"}'), ('[{"column": "x"}]'), ('{"column": "\ud800"}');
do $$
declare
    c record;
    seen bigint;
begin
    for c in select * from comments order by n loop
        set local role regress_ds_out;
        execute format('comment on policy eventlog_owner on mine is %L', c.comment);
        execute format('comment on policy eventlog_owner on regress_ds.t is %L', c.comment);
        execute format('comment on table regress_ds.t is %L', '(log ' || c.comment || ')');
        reset role;
        select count(*) into seen from eventlog.doctor() where object !~ 'regress_ds';
        if seen <> 1 then
            raise warning '% %', c.n, seen;
        end if;
    end loop;
end
$$;

-- policies: deep ones, long ones, of every kind of query, on tables in the middle of being dropped
set role regress_ds_out;
create table regress_ds.u (x int, tenant text);
do $$
declare
    deep text := 'tenant = (select eventlog.current_tenant())';
    wide text := 'tenant = eventlog.current_tenant()';
begin
    for i in 1..60 loop
        deep := format('tenant in (select t%s.tenant from regress_ds.t t%1$s where %s and exists (select from regress_ds.t x%1$s where x%1$s.tenant = t%1$s.tenant))', i, deep);
    end loop;
    execute format('create policy deep on regress_ds.u using (%s)', deep);
    for i in 1..2000 loop
        wide := wide || format(' or tenant = eventlog.current_tenant() || %L', i);
    end loop;
    execute format('create policy wide on regress_ds.u using (%s)', wide);
    execute format('create policy eventlog_read on regress_ds.t using (%s)', wide);
    execute format('create policy eventlog_write on regress_ds.t for insert with check (%s)', deep);
end
$$;
create policy "x' ""; drop" on regress_ds.u using (tenant = E'\\{QUERY :funcid 1 \' eventlog.current_tenant()' || eventlog.current_tenant());
reset role;
:of_others;

-- names, functions without a source, views over everything, triggers, and copies of ours
set role regress_ds_out;
create table regress_ds."a""b.c'd (*[+\" (x int, tenant text);
create policy eventlog_read on regress_ds."a""b.c'd (*[+\" using (true);
create view regress_ds."v'""\" as select * from regress_ds."a""b.c'd (*[+\";
create materialized view regress_ds.m as select * from regress_ds."v'""\";
create function regress_ds."f'""("(text) returns text language sql security definer begin atomic select $1; end;
create function regress_ds.g() returns void language plpgsql security definer as $$ begin /* events */ end $$;
create function regress_ds.h() returns void language plpgsql security definer set search_path = '', "a""b", "$user", 'x, y' as $$ begin end $$;
create trigger eventlog_gate before insert on regress_ds.u for each row execute function eventlog.gate('\000', '', 'x');
create trigger eventlog_append_only before update or delete or truncate on regress_ds.u for each statement
    execute function eventlog.forbid_change('not a uuid', 'more');
create trigger eventlog_append_only_row before update on regress_ds.t for each row execute function eventlog.forbid_change('\000');
create trigger eventlog_track after insert on regress_ds.u for each statement execute function eventlog.capture_changes('');
create trigger eventlog_track_insert after insert on regress_ds.t for each statement execute function eventlog.capture_changes('x', 'y');
create trigger eventlog_claim before insert on regress_ds.t for each row execute function eventlog.guard_claim();
create temp view over as select * from regress_ds.t;
create table regress_ds.part (x int, tenant text) partition by list (x);
create table regress_ds.part_1 partition of regress_ds.part for values in (1) partition by range (tenant);
create policy eventlog_owner on regress_ds.part;
create rule r as on insert to regress_ds.t do instead nothing;
reset role;
:of_others;
select severity, count(*) from eventlog.doctor() where object ~ 'regress_ds' group by 1 order by 1;

-- many names
set role regress_ds_out;
do $$
begin
    for i in 1..1200 loop
        execute format('create table regress_ds.%I (); create policy eventlog_read on regress_ds.%1$I', repeat('(.+)*', 11) || i);
    end loop;
end
$$;
reset role;
select severity, object, finding from eventlog.doctor() where object !~ 'regress_ds';
drop table comments;
drop owned by regress_ds_out cascade;
drop role regress_ds_out;
