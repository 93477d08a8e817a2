-- The product's two first questions, as functions of its table events.

create function conversations_per_day(tenant uuid) returns table (day timestamptz, conversations bigint)
    language sql stable
begin atomic
    select date_trunc('day', created_at) d, count(*)
    from events
    where tenant_id = tenant and name = 'conversation_started'
    group by 1 order by 1 desc limit 30;
end;

comment on function conversations_per_day(uuid) is 'conversations per day of a tenant, the last 30 days that had any';

create function escalation_rate(tenant uuid, until timestamptz default now()) returns float
    language sql stable
begin atomic
    with conv as (
        select count(*) c from events
        where tenant_id = tenant and name = 'conversation_started'
            and created_at >= until - interval '30 days' and created_at < until
    ), esc as (
        select count(*) e from events
        where tenant_id = tenant and name = 'escalation_triggered'
            and created_at >= until - interval '30 days' and created_at < until
    )
    select e::float / nullif(c, 0) escalation_rate from conv, esc;
end;

comment on function escalation_rate(uuid, timestamptz) is
    'the part of a tenant''s conversations that a human had to take over, in the 30 days before a moment';
