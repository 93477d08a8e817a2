-- The registry of consumers: functions that are called for events of the types that they ask for. What every member of a
-- team is to see at once is written with the event, in its transaction; what may take its time is called behind it; and
-- one that fails holds up nobody. Run by run.sql, when the events are committed.
set search_path = object_lifecycle;
set timezone = 'UTC';

-- post_to_thread: events of an object are messages in its thread. Names are qualified, as a handler has no search path.
create table thread_message (object_type text, object_id bigint, message text, event_id uuid unique);
create function post_to_thread(event jsonb) returns void language sql as $$
    insert into object_lifecycle.thread_message
    values (event ->> 'entity_type', (event ->> 'entity_id')::bigint,
        concat_ws(' ', split_part(event ->> 'type', '.', 2), 'by', event ->> 'actor_id',
            '(' || (event #>> '{payload,reason}') || ')'),
        (event ->> 'id')::uuid);
$$;
select eventlog.on_event('lifecycle_threads', 'object_lifecycle.post_to_thread', log => 'event_log');

-- @event_consumer(EventType.CREATED, EventType.UPDATED), behind the transaction: a mail server may be slow.
create table notification (recipient text, text text);
create function send_notification(event jsonb) returns void language sql as $$
    insert into object_lifecycle.notification
    values ('team ' || (event ->> 'tenant_id'), concat('Event ', event ->> 'type', ' on ', event ->> 'entity_type', '#', event ->> 'entity_id'));
$$;
select eventlog.on_event('lifecycle_notifications', 'object_lifecycle.send_notification',
    pattern => '[a-z]+\.(created|updated)', pattern_kind => 'regex', mode => 'async', log => 'event_log');

-- Analytics of budgets, which has a mistake: what it cannot do is kept, and nobody's change is refused because of it.
create table budget_growth (campaign bigint, percent numeric);
create function note_growth(event jsonb) returns void language sql as $$
    insert into object_lifecycle.budget_growth
    select (event ->> 'entity_id')::bigint,
        round(100 * ((budget ->> 'new')::numeric - (budget ->> 'old')::numeric) / (budget ->> 'old')::numeric)
    from (select event #> '{payload,changes,budget}' as budget) c;
$$;
select eventlog.on_event('lifecycle_growth', 'object_lifecycle.note_growth', types => '{campaign.updated}',
    filters => '[{"field": "$.payload.changes.budget", "operator": "exists", "value": true}]', on_error => 'record',
    log => 'event_log');

-- A request, as the application makes it: no event is emitted, and no consumer is called by hand.
begin;
select eventlog.set_context(actor_type => 'user', actor_id => 12, correlation_id => 'request-9', reason => 'New season');
insert into campaign (team_id, name, status, budget)
values ('d1c7a9e2-6b1f-4f0d-8f33-5a1b2c3d4e01', 'Autumn', 'draft', 400.00);
update campaign set budget = 500.00 where name = 'Autumn';
update campaign set status = 'approved' where name = 'Autumn';
commit;
-- One that is rolled back has posted nothing.
begin;
select eventlog.set_context(actor_type => 'user', actor_id => 13);
update campaign set budget = 9999.00 where name = 'Autumn';
rollback;
begin;
select eventlog.set_context(actor_type => 'user', actor_id => 12, reason => 'On hold');
update campaign set budget = 0 where name = 'Autumn';
commit;
-- Nothing grows from nothing: this is the mistake.
begin;
select eventlog.set_context(actor_type => 'user', actor_id => 15);
update campaign set budget = 600.00 where name = 'Autumn';
update campaign set name = 'Autumn sale' where name = 'Autumn';
commit;

\echo The thread of the campaign, at once:
select message from thread_message where object_type = 'campaign' order by event_id;

\echo Notifications, when the worker, a scheduler or a test calls for them:
select count(*) as before from notification \gset
select :before as before, eventlog.run_handlers(log => 'event_log') as called;
select text, count(*) from notification group by text order by text;

\echo What failed, though the budget was changed:
select handler, message from eventlog.handler_error where handler = 'lifecycle_growth';
select eventlog.discard_handler_errors('lifecycle_growth') as discarded;

-- Consumers come and go while the application runs.
select eventlog.off_event('lifecycle_growth');
select name, mode, on_error, problem from eventlog.handlers where name like 'lifecycle%' order by name;

do $$
begin
    assert (select budget from campaign where name = 'Autumn sale') = 600, 'nobody was refused';
    assert (select array_agg(percent order by percent) from budget_growth) = '{-100,25}', 'what it could do it has done';
    assert (select count(*) from event_log e join thread_message m on m.event_id = e.id) = 6, 'each event is a message';
    assert (select count(*) from thread_message) = 6, 'and nothing else is: not what was rolled back';
    assert (select count(*) from notification) = 5, 'created once and updated four times, without the change of state';
    assert eventlog.run_handlers(log => 'event_log') = 0, 'each once';
end
$$;
