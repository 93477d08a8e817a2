-- What reading costs: a log that is drained, one that nobody writes to any more, and logs that are written to while there
-- are subscriptions. Wants the variable "drained" (events, a multiple of 1,000).
\set ON_ERROR_STOP on
\set QUIET on
set client_min_messages = warning;
set eventlog.straight = on;

create function bench.make_read_log(name text, subscriptions int) returns void language plpgsql as $$
declare
    made regclass := eventlog.create_log('bench.' || name, unregistered => 'allow');
begin
    for n in 1 .. subscriptions loop
        perform eventlog.subscribe(name || '_' || n, log => made);
    end loop;
end
$$;

-- Writers: nobody reads, one subscription (which made the index), ten.
select bench.make_read_log('unread', 0), bench.make_read_log('read_by_one', 1), bench.make_read_log('read_by_ten', 10)
\g /dev/null

create procedure bench.run_written(log regclass, events int) language plpgsql as $$
declare
    s record;
begin
    for s in select * from bench.source limit events loop
        perform eventlog.log_event(s.type, s.payload, s.tenant_id, s.entity_type, s.entity_id, s.actor_type, s.actor_id,
            log => log);
    end loop;
end
$$;

create procedure bench.measure_written(events int, round int) language plpgsql as $$
declare
    way text;
    started double precision;
    ended double precision;
begin
    for way in
        select w from unnest('{unread,read_by_one,read_by_ten}'::text[]) with ordinality as u (w, i)
        order by case round % 2 when 0 then -i else i end
    loop
        call bench.clear('bench.' || way);
        commit;
        checkpoint;
        started := bench.seconds();
        call bench.run_written(('bench.' || way)::regclass, events);
        ended := bench.seconds();
        insert into bench.sample (part, variant, round, value)
        values ('written', way, round, (ended - started) / events);
        commit;
    end loop;
end
$$;

-- A log to drain, with all of its events in one window. The index comes before the events: later it would be asked for.
select bench.make_read_log('drain', 1) \g /dev/null
create table bench.cursor (name text primary key, seq bigint not null);
insert into bench.cursor values ('naive', 0);

create procedure bench.write_events(log regclass, events int) language plpgsql as $$
begin
    execute format(
        'insert into %s (type, payload, tenant_id, entity_type, entity_id, actor_type, actor_id)
         select type, payload, tenant_id, entity_type, entity_id, actor_type, actor_id
         from bench.source, generate_series(1, $1 / (select count(*) from bench.source) + 1)
         limit $1', log) using events;
end
$$;

create procedure bench.fill(log regclass, events int) language plpgsql as $$
begin
    execute format('alter table %s disable trigger eventlog_gate', log);
    call bench.write_events(log, events);
    execute format('alter table %s enable trigger eventlog_gate', log);
end
$$;
call bench.fill('bench.drain', :drained);

-- The same in PgQ, where this server has it: a batch is what lies between two ticks, so there is one for each 1,000.
create procedure bench.fill_pgq(batches int) language plpgsql as $$
begin
    perform pgq.create_queue('bench');
    perform pgq.set_queue_config('bench', 'ticker_max_count', '1000');
    commit;
    perform pgq.ticker('bench');
    perform pgq.register_consumer('bench', 'reader');
    commit;
    for n in 1 .. batches loop
        perform pgq.insert_event('bench', type, payload::text, tenant_id::text, entity_type, entity_id, actor_id)
        from bench.source
        limit 1000;
        commit;
        perform pgq.ticker('bench');
        commit;
    end loop;
end
$$;
select count(*) > 0 as has_pgq from pg_available_extensions where name = 'pgq' \gset
\if :has_pgq
create extension pgq;
call bench.fill_pgq(:drained / 1000);
\endif

vacuum (freeze, analyze);
checkpoint;

-- A poll of a subscription that has nothing to come: as long as the log is, whoever runs beside it.
create procedure bench.measure_polls(variant text, polls int, round int, subscription text default 'drain_1')
    language plpgsql
as $$
declare
    started double precision;
    ended double precision;
    found int;
begin
    started := bench.seconds();
    for n in 1 .. polls loop
        select count(*) into found from eventlog.receive(subscription);
        if found <> 0 then
            raise 'a poll of nothing found % events', found;
        end if;
        commit;
    end loop;
    ended := bench.seconds();
    insert into bench.sample (part, variant, round, value) values ('poll', variant, round, (ended - started) / polls);
    commit;
end
$$;

-- Batches of 1,000 with their acks, so many at most. Each is a sample.
create procedure bench.measure_batches(variant text, subscription text, batches int) language plpgsql as $$
declare
    started double precision;
    received bigint;
    found int;
begin
    for n in 1 .. batches loop
        started := bench.seconds();
        select count(*), max(r.receipt) into found, received from eventlog.receive(subscription, 1000) as r;
        commit;
        exit when found = 0;
        perform eventlog.ack(subscription, received);
        commit;
        -- What is no whole batch says little.
        if found = 1000 then
            insert into bench.sample (part, variant, round, value)
            values ('batch', variant, n, bench.seconds() - started);
            commit;
        end if;
    end loop;
end
$$;

-- A log to which one transaction writes for a long time, and others meanwhile.
select bench.make_read_log('late', 1) \g /dev/null

create procedure bench.write_beside(events int) language plpgsql as $$
begin
    for n in 1 .. events / 100 loop
        call bench.write_events('bench.late', 100);
        commit;
    end loop;
end
$$;

-- Polls that find one event each, and settle it: the row of the shard has two new versions each time.
select bench.make_read_log('polled', 1) \g /dev/null

create procedure bench.run_busy_polls(polls int) language plpgsql as $$
declare
    received bigint;
begin
    for n in 1 .. polls loop
        select r.receipt into strict received from eventlog.receive('polled_1', 1) as r;
        commit;
        perform eventlog.ack('polled_1', received);
        commit;
    end loop;
end
$$;

create procedure bench.run_idle_polls(polls int) language plpgsql as $$
begin
    for n in 1 .. polls loop
        perform from eventlog.receive('polled_1');
        commit;
    end loop;
end
$$;

-- What polls left in the table of shards: what sessions that have ended counted.
create table bench.left (
    position int primary key,
    polls text not null,
    n int not null,
    written bigint not null,
    dead bigint not null,
    bytes bigint not null,
    seconds double precision not null
);

create function bench.shard_rows(out written bigint, out dead bigint, out bytes bigint) language sql as $$
    select n_tup_upd, n_dead_tup, pg_relation_size(relid)
    from pg_stat_all_tables
    where relid = 'eventlog.subscription_shard'::regclass
$$;
