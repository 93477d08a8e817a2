-- What people ask the log. Variables: bar, the character that bars are made of; and the headings of the parts.
set timezone = 'UTC';
\set acorn '00000000-0000-4000-8000-000000000001'
\set until '2026-01-01'

\echo :timeline
select rpad(to_char(occurred_at, 'DD Mon HH24:MI'), 14)
    || rpad(type, 24)
    || rpad(coalesce(entity_id, context ->> 'domain_id', '-'), 12)
    || left((payload - 'conversationId' - 'sessionId')::text, 46)
from (
    select * from event_log where tenant_id = :'acorn' order by occurred_at desc, seq desc limit 12
) as latest
order by occurred_at, seq;

\echo :story
select rpad(to_char(occurred_at, 'DD Mon HH24:MI:SS'), 17)
    || rpad(type, 24)
    || rpad(coalesce(actor_type, '-'), 11)
    || left((payload - 'conversationId' - 'sessionId' - 'integrationId')::text, 44)
from event_log
where correlation_id = (
    select correlation_id from event_log
    where tenant_id = :'acorn' and type = 'escalation_triggered' order by occurred_at desc limit 1)
order by occurred_at, seq;

\echo :per_day
select to_char(day, 'Dy DD Mon') || lpad(conversations::text, 5) || ' ' || repeat(:'bar', conversations::int * 5)
from (select * from conversations_per_day(:'acorn') limit 21) as latest
order by day;

\echo :rates
select rtrim(rpad(name, 18) || to_char(coalesce(rate, 0) * 100, '990.0') || ' % ' || repeat(:'bar', round(coalesce(rate, 0) * 100)::int))
from (select name, id, escalation_rate(id, :'until') as rate from company) as rates
order by coalesce(rate, 0) desc, id;
\echo

-- The functions say what the log says.
create function pg_temp.check_answers(acorn uuid, until timestamptz) returns void
    language plpgsql
as $$
begin
    assert (select count(*) from conversations_per_day(acorn)) = 30, 'conversations on 30 days';
    assert (select sum(conversations) from conversations_per_day(acorn)) <= (
        select count(*) from event_log where tenant_id = acorn and type = 'conversation_started'), 'no more than there are';
    assert (select escalation_rate(acorn, until)) between 0.01 and 0.5, 'a rate that can be';
    assert (
        select array_agg(type order by occurred_at) from event_log
        where tenant_id = acorn and entity_id = (
            select entity_id from event_log where tenant_id = acorn and type = 'escalation_triggered' limit 1)
    ) @> '{conversation_started,message_sent,escalation_triggered}', 'a conversation from its start to its escalation';
end
$$;
\o /dev/null
select pg_temp.check_answers(:'acorn', :'until');
