-- Who hears of the hub's events: a dashboard, which follows one company live and keeps its own position; and the
-- recommendation engine, which is told of the types that it learns from. Run by run.sql, when the events are committed.
set search_path = business_hub;
set timezone = 'UTC';

-- The dashboard's feed: history first, page by page, and then what is new. Any session may go on from the position; here
-- it stands in a table, a browser would keep it itself.
create table feed (dashboard text primary key, "position" text not null);
create function next_page(dashboard text, most int) returns table (event_type text, context jsonb, data jsonb)
    language plpgsql
as $$
declare
    event record;
begin
    for event in
        select * from eventlog.read_events((select f."position" from feed f where f.dashboard = next_page.dashboard), most,
            log => 'event_log')
    loop
        -- The last row is no event: it says where to go on, also when nothing came.
        if event.id is null then
            update feed f set "position" = event."position" where f.dashboard = next_page.dashboard;
        else
            return query select event.type, event.context, event.payload;
        end if;
    end loop;
end
$$;

insert into feed values ('operations', 'start');
\echo The first page of the feed, and the second:
select event_type, context from next_page('operations', 3);
select count(*) as older from next_page('operations', 100) \gset
\echo :older more

-- The recommendation engine counts how often what it showed was followed. It asks for its types by a pattern, and what it
-- counts and what it acknowledges are one transaction: each event counts once, whatever is killed.
create table recommendation (rec_id text primary key, shown int not null default 0, clicked int not null default 0);
select eventlog.subscribe('hub_recommendations', pattern => 'recommendation_', pattern_kind => 'prefix',
    start_at => '-infinity', log => 'event_log');
create procedure learn() language plpgsql as $$
declare
    batch constant eventlog.delivery[] := array(select r from eventlog.receive('hub_recommendations') r);
begin
    insert into recommendation as r
    select payload ->> 'rec_id', count(*) filter (where type = 'recommendation_shown'),
        count(*) filter (where type = 'recommendation_clicked')
    from unnest(batch) group by 1
    on conflict (rec_id) do update set shown = r.shown + excluded.shown, clicked = r.clicked + excluded.clicked;
    if batch <> '{}' then
        perform eventlog.ack('hub_recommendations', batch[1].receipt);
    end if;
    commit;
end
$$;
call learn();

-- The application goes on.
insert into decision_events (company_id, event_type, context, data)
select '6a1f0c52-8f0e-4b52-9d6c-1f2f3c4d5e01', event_type, '{"domain_id": "5d3c"}', data::jsonb
from (values
    ('recommendation_shown', '{"rec_id": "r-1", "rec_type": "tool"}'),
    ('recommendation_shown', '{"rec_id": "r-2", "rec_type": "task"}'),
    ('task_created', '{"title": "Ask for a second offer", "source": "recommendation"}'),
    ('recommendation_clicked', '{"rec_id": "r-2", "action": "accept"}')
) as sample (event_type, data);

\echo What is new, as the dashboard shows it:
select event_type, data from next_page('operations', 100);
call learn();
\echo What the recommendation engine knows:
select * from recommendation order by rec_id;

do $$
begin
    assert not exists (select from next_page('operations', 100)), 'the feed has come to the present';
    assert (select array_agg(r order by rec_id) from recommendation r)
        = array[('r-1', 2, 1), ('r-2', 1, 1)]::recommendation[], 'each event counts once';
    assert (select bool_and(caught_up) from eventlog.subscriptions where name = 'hub_recommendations'), 'nothing is left';
end
$$;
