-- Writes 20,000 events of 20 companies, which happened in the 90 days from 3 October to 31 December 2025. All of it is
-- drawn from hashes, so each run writes the same.
set timezone = 'UTC';

-- A number from 0 to 1 that depends on its argument alone.
create function pg_temp.chance(of text) returns float
    language sql immutable parallel safe
    return ('x' || left(md5(of), 8))::bit(32)::bigint / 4294967296.0;

-- One of several things.
create function pg_temp.pick(of text, things text[]) returns text
    language sql immutable parallel safe
    return things[1 + floor(pg_temp.chance(of) * cardinality(things))::int];

-- A moment on a day of the 90, in office hours mostly, and seldom at weekends.
create function pg_temp.moment(of text) returns timestamptz
    language sql immutable parallel safe
    return (
        select timestamptz '2025-10-03 07:00+00'
            + day * interval '1 day'
            + (pg_temp.chance(of || 'hour') + pg_temp.chance(of || 'hour2')) * interval '6 hours'
        from (select floor(pg_temp.chance(of || 'day') * 90)::int as first) as drawn
        -- Three of four that fall on a weekend move into the week before it.
        cross join lateral (select case
            when extract(isodow from date '2025-10-03' + first) >= 6 and first > 6 and pg_temp.chance(of || 'free') < 0.75
            then first - extract(isodow from date '2025-10-03' + first)::int + 5 - floor(pg_temp.chance(of || 'weekday') * 5)::int
            else first end as day) as moved);

-- A company, the bigger ones more often.
create temporary table share as
select id, sum(size) over (order by id) / sum(size) over () as upto, row_number() over (order by id) as n from company;
create function pg_temp.company(of text) returns uuid
    language sql stable
    return (select id from share where upto >= pg_temp.chance(of || 'company') order by upto limit 1);

-- What happens: the event's place in time, the way it is written, and log_event's arguments.
create temporary table plan (happened timestamptz, way text, event jsonb);

-- Conversations: a start, two to six messages, and now and then a human who takes over and is told so.
create temporary table conversation as
select n, company, began, format('conv-%s', n) as id, format('sess-%s', n / 2) as session,
    2 + floor(pg_temp.chance(n || 'length') * 5)::int as messages,
    -- Some companies answer better than others, which is what the escalation rate is to show.
    pg_temp.chance(n || 'escalates') < 0.03 + 0.22 * pg_temp.chance(company::text) as escalates
from (select n, pg_temp.company(n || 'conversation') as company, pg_temp.moment(n || 'conversation') as began
    from generate_series(1, 2400) as n) as drawn;

insert into plan
select e.happened, 'log_events', e.event || jsonb_build_object('tenant_id', c.company, 'occurred_at', e.happened,
    'entity_type', 'conversation', 'entity_id', c.id, 'correlation_id', c.id)
from conversation c
cross join lateral (
    select c.began, jsonb_build_object('type', 'conversation_started', 'actor_type', 'visitor', 'actor_id', c.session,
        'payload', jsonb_build_object('sessionId', c.session, 'conversationId', c.id))
    union all
    select c.began + m * interval '40 seconds',
        case when m % 2 = 1
        then jsonb_build_object('type', 'message_sent', 'actor_type', 'visitor', 'actor_id', c.session,
            'payload', jsonb_build_object('conversationId', c.id, 'role', 'user'))
        else jsonb_build_object('type', 'message_sent', 'actor_type', 'assistant', 'actor_id', 'assistant',
            'payload', jsonb_build_object('conversationId', c.id, 'role', 'assistant',
                'confidence', round((0.4 + 0.6 * pg_temp.chance(c.id || m))::numeric, 2)))
        end
    from generate_series(1, c.messages) as m
    union all
    select c.began + (c.messages + 1) * interval '40 seconds',
        jsonb_build_object('type', 'escalation_triggered', 'actor_type', 'assistant', 'actor_id', 'assistant',
            'payload', jsonb_build_object('conversationId', c.id, 'integrationId', 'helpdesk',
                'reason', pg_temp.pick(c.id || 'why', array['low_confidence', 'user_asked', 'complaint', 'billing'])))
    where c.escalates
    union all
    select c.began + (c.messages + 2) * interval '40 seconds',
        case when pg_temp.chance(c.id || 'reached') < 0.93
        then jsonb_build_object('type', 'integration_succeeded', 'actor_type', 'system', 'actor_id', 'dispatcher',
            'payload', '{"integrationId": "helpdesk", "type": "zendesk"}'::jsonb)
        else jsonb_build_object('type', 'integration_failed', 'actor_type', 'system', 'actor_id', 'dispatcher',
            'payload', '{"integrationId": "helpdesk", "type": "zendesk", "errorCode": "timeout"}'::jsonb)
        end
    where c.escalates
) as e (happened, event);

-- Documents that are read in: each start is followed by its success or its failure.
insert into plan
select e.happened, 'log_events', jsonb_build_object('type', e.type, 'payload', source || e.more, 'tenant_id', company,
    'occurred_at', e.happened, 'actor_type', 'system', 'actor_id', 'ingest', 'correlation_id', format('ingest-%s', n),
    'idempotency_key', format('ingest-%s-%s', n, e.type))
from (
    select n, pg_temp.company(n || 'ingest') as company, pg_temp.moment(n || 'ingest') as began,
        jsonb_build_object('sourceType', pg_temp.pick(n || 'source', array['sitemap', 'url', 'file']),
            'url', format('https://docs.example.com/%s', n)) as source,
        floor(pg_temp.chance(n || 'docs') * 60)::int + 1 as docs,
        pg_temp.chance(n || 'fails') < 0.08 as fails
    from generate_series(1, 350) as n
) as run
cross join lateral (values
    (began, 'ingest_started', '{}'::jsonb),
    (began + docs * interval '3 seconds', case when fails then 'ingest_failed' else 'ingest_completed' end,
        case when fails then '{"errorCode": "HTTP_503"}'::jsonb
        else jsonb_build_object('docs', docs, 'chunks', docs * 17) end)
) as e (happened, type, more);

-- Quotas that were reached, by the product's own insert into its table events.
insert into plan
select pg_temp.moment(n || 'quota'), 'events', jsonb_build_object('type', 'quota_exceeded',
    'tenant_id', pg_temp.company(n || 'quota'),
    'payload', jsonb_build_object('quotaType', pg_temp.pick(n || 'quota', array['messages', 'documents', 'seats']),
        'limit', 1000, 'attempted', 1001 + n))
from generate_series(1, 120) as n;

-- Tasks: steps that people work through, each a little story of its own.
create temporary table task as
select n, company, began, format('step-%s', n) as step, format('user-%s', 1 + floor(pg_temp.chance(n || 'who') * 6)) as who,
    jsonb_build_object('domain_id', pg_temp.pick(n || 'domain', array['finance', 'hiring', 'legal', 'marketing']),
        'step_id', format('step-%s', n)) as context
from (select n, pg_temp.company(n || 'task') as company, pg_temp.moment(n || 'task') as began
    from generate_series(1, 700) as n) as drawn;

insert into plan
select t.began + e.minute * interval '1 minute', 'log_events', jsonb_build_object('type', e.type, 'payload', e.payload::jsonb,
    'tenant_id', t.company, 'occurred_at', t.began + e.minute * interval '1 minute', 'context', t.context,
    'actor_type', 'user', 'actor_id', t.who, 'entity_type', 'step', 'entity_id', t.step, 'correlation_id', t.step)
from task t
cross join lateral (values
    (0, 'task_created', '{"title": "Compare offers", "source": "user"}', 1.0),
    (1, 'task_status_changed', '{"old_status": "todo", "new_status": "in_progress"}', 0.9),
    (3, 'recommendation_shown', format('{"rec_id": "rec-%s", "rec_type": "tool"}', t.n), 0.6),
    (4, 'recommendation_clicked', format('{"rec_id": "rec-%s", "action": "open"}', t.n), 0.25),
    (5, 'tool_added', '{"tool_id": "sheet", "source": "recommendation"}', 0.2),
    (9, 'tool_used', '{"tool_id": "sheet", "usage_context": "step"}', 0.5),
    (12, 'consideration_activated', format('{"source_step_id": "%s"}', t.step), 0.15),
    (13, 'consideration_dismissed', format('{"source_step_id": "%s"}', t.step), 0.15),
    (20, 'task_updated', '{"changes": {"title": "Compare four offers"}, "previous_values": {"title": "Compare offers"}}', 0.3),
    (45, 'task_completed', format('{"time_spent": %s, "completion_method": "manual"}', 10 + t.n % 50), 0.75),
    (50, 'feedback_submitted', format('{"rating": %s, "tool_id": "sheet"}', 1 + t.n % 5), 0.3),
    (60, 'task_deleted', '{}', 0.05)
) as e (minute, type, payload, likely)
where pg_temp.chance(t.n || e.type) < e.likely;

-- Plans: a payment webhook with an id of its own, and the change of plan that it causes.
insert into plan
select timestamptz '2025-10-06 10:00+00' + n * interval '3 days', 'log_event',
    jsonb_build_object('tenant_id', id, 'webhook', format('evt_%s', left(md5(n::text), 12)), 'session', format('cs_%s', n),
        'plan', case when n % 4 = 0 then 'business' else 'pro' end)
from share;

-- All else up to 20,000: what people do in the hub, by the hub's own insert into its table decision_events.
insert into plan
select pg_temp.moment(n || 'hub'), 'decision_events', jsonb_build_object('tenant_id', pg_temp.company(n || 'hub'),
    'actor_id', format('00000000-0000-4000-9000-%s', lpad((n % 97)::text, 12, '0')),
    'context', jsonb_build_object('domain_id', pg_temp.pick(n || 'domain', array['finance', 'hiring', 'legal', 'marketing']))) || e.event
from generate_series(1, 20000 - (select count(*) + count(*) filter (where way = 'log_event') from plan)::int) as n
cross join lateral (
    select case
        when dice < 0.30 then jsonb_build_object('type', 'workspace_loaded',
            'payload', jsonb_build_object('workspace_id', format('ws-%s', n % 40)))
        when dice < 0.45 then jsonb_build_object('type', 'workspace_saved',
            'payload', jsonb_build_object('workspace_id', format('ws-%s', n % 40), 'config', '{"layout": "board"}'::jsonb))
        when dice < 0.60 then jsonb_build_object('type', 'decision_made',
            'payload', jsonb_build_object('decision_type', pg_temp.pick(n || 'decision', array['vendor', 'budget', 'hire']),
                'outcome', pg_temp.pick(n || 'outcome', array['yes', 'no', 'later'])))
        else jsonb_build_object('type', 'tool_used',
            'payload', jsonb_build_object('tool_id', pg_temp.pick(n || 'tool', array['sheet', 'calendar', 'forecast']),
                'usage_context', 'workspace'))
        end
    from (select pg_temp.chance(n || 'dice') as dice) as drawn
) as e (event);

-- And now they are written: batches in one call each, single calls, and inserts into the applications' own tables.
\set began `date +%s%N`
\o /dev/null
select eventlog.log_events(batch)
from (
    select place / 1000 as number, jsonb_agg(event order by place) as batch
    from (select event, row_number() over (order by happened, event ->> 'entity_id') - 1 as place from plan where way = 'log_events') as p
    group by number order by number
) as batches;

select eventlog.log_event('plan_updated',
    jsonb_build_object('previousPlan', 'free', 'newPlan', event ->> 'plan', 'status', 'active'),
    tenant_id => event ->> 'tenant_id', occurred_at => happened + interval '2 seconds', actor_type => 'system', actor_id => 'billing',
    correlation_id => event ->> 'session', causation_id => eventlog.log_event('checkout_completed',
        jsonb_build_object('plan', event ->> 'plan', 'stripeSessionId', event ->> 'session'),
        tenant_id => event ->> 'tenant_id', occurred_at => happened, actor_type => 'system', actor_id => 'billing',
        source_type => 'webhook', source_id => 'stripe', correlation_id => event ->> 'session',
        idempotency_key => event ->> 'webhook'))
from plan where way = 'log_event' order by happened;

insert into events (tenant_id, name, data, created_at)
select (event ->> 'tenant_id')::uuid, event ->> 'type', event -> 'payload', happened
from plan where way = 'events' order by happened;

insert into decision_events (company_id, user_id, event_type, context, data, created_at)
select (event ->> 'tenant_id')::uuid, (event ->> 'actor_id')::uuid, event ->> 'type', event -> 'context', event -> 'payload', happened
from plan where way = 'decision_events' order by happened;
\o
\set ended `date +%s%N`
analyze event_log;

do $$
begin
    assert (select count(*) from event_log) = 20000, '20,000 events';
    assert (select count(distinct tenant_id) from event_log) = 20, '20 companies';
    assert (select count(distinct type) from event_log) = 26, 'each of the 26 types';
    assert (select count(*) from event_log where type = 'conversation_started') = 2400
        and (select count(*) from event_log where type = 'escalation_triggered') = 384, 'the same in each run';
    assert (select min(occurred_at) >= '2025-10-03' and max(occurred_at) < '2026-01-01' from event_log), '90 days';
end
$$;

select rpad(way, 18) || to_char(events, '99,999') || '   ' || what
from (
    select way, sum(case way when 'log_event' then 2 else 1 end) as events
    from plan group by way
) as w
join (values
    ('log_events', 'batches of 1,000, each all or nothing'),
    ('decision_events', 'the hub''s insert into the table that it knows'),
    ('events', 'the telemetry''s insert into the table that it knows'),
    ('log_event', 'single calls: webhooks with idempotency keys, and what they caused')
) as meaning (way, what) using (way)
order by events desc;
select 'together          ' || to_char(count(*), '99,999')
    || format('   in %s s', round((:ended - :began) / 1e9, 1))
from event_log;
