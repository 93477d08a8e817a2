-- Two consumers drain the 20,000 events, one by a pattern and one by a pattern and a filter. One of them meets an event
-- that it cannot handle; a handler fills a table; a replay. Variables: poison, handler, replay, the headings of the parts.
set client_min_messages = warning;
\o /dev/null
select eventlog.subscribe('work', pattern => '(task|tool|decision)_.*', pattern_kind => 'regex', start_at => '-infinity',
    shards => 2);
select eventlog.subscribe('complaints', pattern => 'escalation_', pattern_kind => 'prefix', start_at => '-infinity',
    filters => '[{"field": "$.payload.reason", "operator": "in", "value": ["complaint", "billing"]}]',
    max_attempts => 3, options => '{"retry_base": "1 microsecond", "retry_max": "1 microsecond"}');
\o

-- What the consumers know: their writes and their acks share a transaction, so each event is there once.
create table handled (
    consumer text,
    id uuid,
    type text,
    replayed boolean,
    batch bigint,
    unique (consumer, id, replayed)
);
create table run (consumer text, replayed boolean, seconds float);

-- A worker: receives, writes and acks until nothing is left, a transaction for each batch. The escalation that it cannot
-- handle it hands back.
create procedure work_off(consumer text, poison uuid default null) language plpgsql as $$
declare
    began timestamptz := clock_timestamp();
    receipt bigint;
    failed boolean;
    any_replayed boolean;
begin
    loop
        create temporary table batch on commit drop as select * from eventlog.receive(consumer, 500);
        select b.receipt, bool_or(b.id = poison), bool_or(b.replayed) into receipt, failed, any_replayed
        from batch b group by b.receipt;
        -- A batch of one shard may be empty while another one has events.
        if receipt is null then
            exit when (select bool_and(s.caught_up) and sum(s.waiting) = 0
                from eventlog.subscriptions s where s.name = consumer);
            commit;
            continue;
        end if;
        insert into handled
        select consumer, b.id, b.type, b.replayed, b.receipt from batch b where b.id is distinct from poison;
        if failed then
            perform eventlog.nack(consumer, receipt, array[poison], 'the helpdesk refuses its text');
        end if;
        perform eventlog.ack(consumer, receipt);
        commit;
    end loop;
    insert into run values (consumer, coalesce(any_replayed, false), extract(epoch from clock_timestamp() - began));
    commit;
end
$$;

-- The event that nobody can handle.
select id as poison_id from event_log
where type = 'escalation_triggered' and payload ->> 'reason' = 'billing' order by seq limit 1 \gset
call work_off('work');
call work_off('complaints', :'poison_id');

select rpad(s.name, 12) || rpad(max(s.pattern), 24) || to_char(count(distinct h.id), '99,999') || ' events,'
    || to_char(count(distinct h.id) / max(r.seconds), '999,999') || ' a second, batches: ' || count(distinct h.batch)
from eventlog.subscriptions s
join handled h on h.consumer = s.name
join run r on r.consumer = s.name
group by s.name order by s.name desc;

\echo :poison
select rpad(subscription, 12) || 'dead after ' || attempts || ' attempts: ' || error from eventlog.dead_letter;
-- The helpdesk was told.
select eventlog.retry_dead_letters('complaints') as retried \gset
call work_off('complaints');
select rpad('complaints', 12) || 'retried: ' || :retried || ', dead now: ' || count(*) from eventlog.dead_letter;

\echo :handler
create table paying (company uuid primary key, plan text not null, since timestamptz not null);
create function on_plan(event jsonb) returns void language sql as $$
    insert into public.paying
    values ((event ->> 'tenant_id')::uuid, event #>> '{payload,newPlan}', (event ->> 'occurred_at')::timestamptz)
    on conflict (company) do update set plan = excluded.plan, since = excluded.since;
$$;
\o /dev/null
select eventlog.on_event('paying', 'public.on_plan', types => '{plan_updated}');
select eventlog.log_event('plan_updated', jsonb_build_object('previousPlan', 'pro', 'newPlan', new, 'status', 'active'),
    tenant_id => id, occurred_at => '2026-01-02 09:00+00')
from (select id, case when row_number() over (order by size desc) = 2 then 'pro' else 'business' end as new
    from company order by size desc limit 3) as c;
\o
select rpad(name, 20) || rpad(plan, 10) || since::date from paying join company on id = company order by size desc;

\echo :replay
select eventlog.seek('work', '-infinity') \g /dev/null
call work_off('work');
select rpad(consumer, 12) || to_char(count(*) filter (where not replayed), '99,999') || ' events, then again '
    || to_char(count(*) filter (where replayed), '99,999') || ' that say they are a replay'
from handled where consumer = 'work' group by consumer;

do $$
declare
    wanted int := (select count(*) from event_log where type ~ '^(task|tool|decision)_');
    complaints int := (select count(*) from event_log
        where type = 'escalation_triggered' and payload ->> 'reason' in ('complaint', 'billing'));
begin
    assert wanted > 4000 and complaints > 100, 'there is something to consume';
    assert (select count(*) from handled where consumer = 'work' and not replayed) = wanted, 'each event once';
    assert (select count(*) from handled where consumer = 'work' and replayed) = wanted, 'all of them again';
    assert (select count(distinct id) from handled where consumer = 'complaints') = complaints, 'also the poison, in the end';
    assert (select count(*) from paying) = 3, 'the handler was called for each';
    assert not exists (select from eventlog.dead_letter), 'nothing is left dead';
    assert (select bool_and(caught_up) from eventlog.subscriptions), 'nothing is left';
end
$$;
