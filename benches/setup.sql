-- What the benchmark measures on: source rows, and for each way to write them a table of its own. All these tables are
-- made by eventlog.create_log, so columns, indexes and column defaults are the same in all of them. What differs is who
-- checks the rows: the gate, PL/pgSQL, or nobody.
--
-- Wants the variables "events" (source rows) and "batches" (of 1,000 events each, at most events / 1,000).
\set ON_ERROR_STOP on
\set QUIET on
set client_min_messages = warning;
create extension pg_eventlog;
create schema bench;

-- Payloads of 250 bytes as they are stored, of twenty types, of twenty tenants. Each has seven keys, of which its
-- type requires three.
create table bench.source as
select n::int,
    'bench.type_' || lpad((1 + n % 20)::text, 2, '0') as type,
    jsonb_build_object(
        'step_id', 100000 + n,
        'title', 'Call the customer back before the end of the week',
        'status', case n % 2 when 0 then 'open' else 'done' end,
        'duration_ms', 1000 + n % 9000,
        'retry', n % 3 = 0,
        'assignee', 'user-' || lpad((n % 50)::text, 4, '0'),
        'note', repeat('x', 57)
    ) as payload,
    ('00000000-0000-7000-8000-' || lpad((1 + n % 20)::text, 12, '0'))::uuid as tenant_id,
    'task' as entity_type,
    'task-' || n % 1000 as entity_id,
    'user' as actor_type,
    'user-' || n % 50 as actor_id
from generate_series(1, :events) as n
order by n;
create unique index on bench.source (n);

do $$
declare
    size numeric := (select avg(pg_column_size(payload)) from bench.source);
begin
    if abs(size - 250) > 3 then
        raise 'the payload has % bytes, not 250', round(size);
    end if;
end
$$;

-- The same rows in arrays of 1,000, as log_events takes them.
create table bench.batch (batch int, events jsonb);
-- Compressed, most of what is measured would be their decompression.
alter table bench.batch alter events set storage external;
insert into bench.batch
select (n - 1) / 1000, jsonb_agg(to_jsonb(s) - 'n' order by n)
from bench.source s
where n <= :batches * 1000
group by 1;

-- Whoever writes events as one tenant, under the policies of isolate_tenants.
create role bench_event_writer;
grant usage on schema bench to bench_event_writer;
grant select on bench.source to bench_event_writer;
select eventlog.grant_context('bench_event_writer') \g /dev/null

-- Makes a table for one way to write. Without the gate it is the plain table that all others are compared with.
create function bench.make_log(name text, gate boolean) returns void
    language plpgsql volatile
as $$
declare
    made regclass := eventlog.create_log('bench.' || name);
begin
    perform eventlog.register_event_type('bench.type_' || lpad(i::text, 2, '0'),
        required => '{step_id,title,status}', optional => '{duration_ms,retry,assignee,note}', log => made)
    from generate_series(1, 20) as i;
    if name in ('plain', 'log_event') then
        perform eventlog.grant_writer(made, 'bench_event_writer');
    end if;
    if not gate then
        execute format('alter table %s disable trigger eventlog_gate', made);
    end if;
end
$$;

select bench.make_log(name, gate)
from (values
    ('plain', false),
    ('gate', true),
    ('log_event', true),
    ('log_events', true),
    ('ingest_events', true),
    ('plpgsql_function', false),
    ('plpgsql_full', false),
    ('plpgsql_trigger', false),
    ('builtin_defaults', false)
) as v (name, gate) \g /dev/null

-- What the columns cost whose defaults the extension fills: the same table with defaults of Postgres's own.
alter table bench.builtin_defaults
    alter occurred_at set default clock_timestamp(),
    alter recorded_at set default clock_timestamp(),
    alter id set default gen_random_uuid(),
    alter tenant_id drop default,
    alter origin set default 0,
    alter actor_type drop default,
    alter actor_id drop default,
    alter correlation_id drop default,
    alter causation_id drop default;

-- log_event and log_events write to the default log unless told otherwise, as in an application.
select eventlog.set_default_log('bench.log_event') \g /dev/null

-- Empties a log. That it is append-only has to be switched off for it, which its owner can.
create procedure bench.clear(log regclass)
    language plpgsql
as $$
begin
    execute format('alter table %s disable trigger eventlog_append_only', log);
    execute format('truncate %s', log);
    execute format('alter table %s enable always trigger eventlog_append_only', log);
end
$$;

\ir plpgsql.sql
\ir variants.sql
\ir measure.sql
\ir diff.sql
\ir memory.sql

-- Statistics and visibility are settled before anything is timed.
vacuum (freeze, analyze);
checkpoint;
