-- What tenants cost: a count of one tenant's events among those of 100, and an insert, under the policies of
-- isolate_tenants, against the same without them; and what a policy costs that asks for each row.
--
-- Wants what setup.sql makes, and the variable "tenancy_rows": events to count in, 500,000 of them for docs/explanation/benchmarks.md. A round is
-- a call of bench.measure_tenancy(events to write, round); tenancy_report.sql prints what came of them.
\set ON_ERROR_STOP on
\set QUIET on
set client_min_messages = warning;

create role bench_owner;
create role bench_reader;
create role bench_text_reader;
create role bench_function_reader;
create role bench_writer;
grant usage, create on schema bench to bench_owner;
grant usage on schema bench to bench_reader, bench_text_reader, bench_function_reader, bench_writer;
select eventlog.grant_context(r.name)
from unnest('{bench_owner,bench_reader,bench_text_reader,bench_function_reader,bench_writer}'::name[]) as r (name) \g /dev/null

set role bench_owner;
select eventlog.create_log('bench.counted', unregistered => 'allow') \g /dev/null
select eventlog.create_log('bench.written', unregistered => 'allow') \g /dev/null
reset role;

-- As an application writes them: the tenants take turns.
insert into bench.counted (type, payload, tenant_id, occurred_at)
select 'bench.type_' || n % 20, '{"step_id": 7}', ('00000000-0000-7000-8000-' || lpad((n % 100)::text, 12, '0'))::uuid,
    timestamptz '2026-01-01' + n * interval '1 second'
from generate_series(1, :tenancy_rows) as n;

set role bench_owner;
select eventlog.grant_reader('bench.counted', 'bench_reader') \g /dev/null
select eventlog.grant_writer('bench.written', 'bench_writer') \g /dev/null

-- What a team may write in its place. The first compares texts, so that no index serves it; the second hides the
-- comparison in a function. Each is for a role of its own: the policies of one are not the others'.
create function bench.is_mine(tenant uuid) returns boolean language plpgsql stable as $$
begin
    return tenant = eventlog.current_tenant()::uuid;
end
$$;
create policy by_text on bench.counted for select to bench_text_reader
    using (tenant_id::text = eventlog.current_tenant());
create policy by_function on bench.counted for select to bench_function_reader using (bench.is_mine(tenant_id));
grant select on bench.counted to bench_text_reader, bench_function_reader;
reset role;

-- Counts as a role, this often; the seconds that one count took.
create function bench.run_count(reader name, query text, expected bigint, times int) returns double precision
    language plpgsql volatile
as $$
declare
    started double precision := bench.seconds();
    ended double precision;
    found bigint;
begin
    if reader is not null then
        perform set_config('role', reader, true);
    end if;
    for i in 1 .. times loop
        execute query into found;
        if found <> expected then
            raise '% counted %, not %', reader, found, expected;
        end if;
    end loop;
    perform set_config('role', 'none', true);
    ended := bench.seconds();
    return (ended - started) / times;
end
$$;

-- Writes as a role, an event for each statement; the seconds that one took.
create function bench.run_write(writer name, way text, events int) returns double precision
    language plpgsql volatile
as $$
declare
    started double precision;
    ended double precision;
    e record;
    content jsonb := (select payload from bench.source where n = 7);
begin
    perform set_config('role', writer, true);
    perform eventlog.set_context('00000000-0000-7000-8000-000000000008', 'user', 'user-7');
    -- The plans of this role are made before the clock runs.
    perform eventlog.log_event('bench.warm', log => 'bench.written');
    perform set_config('role', 'none', true);
    started := bench.seconds();
    perform set_config('role', writer, true);
    if way = 'insert' then
        for i in 1 .. events loop
            insert into bench.written (type, payload, entity_type, entity_id) values ('bench.type', content, 'task', 'task-7');
        end loop;
    elsif way = 'log_event' then
        for i in 1 .. events loop
            perform eventlog.log_event('bench.type', content, entity_type => 'task', entity_id => 'task-7', log => 'bench.written');
        end loop;
    else
        insert into bench.written (type, payload, entity_type, entity_id)
        select 'bench.type', content, 'task', 'task-' || n from generate_series(1, events) as n;
    end if;
    perform set_config('role', 'none', true);
    ended := bench.seconds();
    return (ended - started) / events;
end
$$;

-- One round: each way once, every other round backwards.
create procedure bench.measure_tenancy(events int, round int)
    language plpgsql
as $$
declare
    way record;
    expected bigint;
    taken double precision;
begin
    -- set_context warns where there is no transaction block; the call itself is enough.
    perform set_config('client_min_messages', 'error', false);
    select count(*) into expected from bench.counted where tenant_id = '00000000-0000-7000-8000-000000000008';
    for way in
        select w.*
        from (values
            (1, 'by_hand', null::name,
                $q$select count(*) from bench.counted where tenant_id = '00000000-0000-7000-8000-000000000008'$q$, 40),
            (2, 'policy', 'bench_reader', 'select count(*) from bench.counted', 40),
            (3, 'by_text', 'bench_text_reader', 'select count(*) from bench.counted', 1),
            (4, 'by_function', 'bench_function_reader', 'select count(*) from bench.counted', 1)
        ) as w (i, variant, reader, query, times)
        order by case round % 2 when 0 then -w.i else w.i end
    loop
        perform eventlog.set_context('00000000-0000-7000-8000-000000000008');
        insert into bench.sample (part, variant, round, value)
        values ('tenancy count', way.variant, round, bench.run_count(way.reader, way.query, expected, way.times));
    end loop;
    commit;
    for way in
        select w.*, k.way
        from unnest('{insert,log_event,rows}'::text[]) as k (way), (values (1, 'bench_owner'), (2, 'bench_writer')) as w (i, writer)
        order by k.way, case round % 2 when 0 then -w.i else w.i end
    loop
        call bench.clear('bench.written');
        commit;
        checkpoint;
        taken := bench.run_write(way.writer, way.way, events);
        perform bench.expect('bench.written', events + 1);
        insert into bench.sample (part, variant, round, value)
        values ('tenancy ' || way.way, way.writer, round, taken);
        commit;
    end loop;
end
$$;

-- Statistics and visibility are settled before anything is timed.
vacuum (freeze, analyze) bench.counted;
checkpoint;
