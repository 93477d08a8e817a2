-- A business operations hub: fifteen event types, written through the table that the application knows.
-- From the repository's root: psql -f examples/business-hub/run.sql DATABASE
\set ON_ERROR_STOP on
begin;
create schema business_hub;
set local search_path = business_hub;
set local timezone = 'UTC';
select eventlog.create_log('event_log') as log;
set local eventlog.default_log = 'business_hub.event_log';
\ir setup.sql

\set company '''6a1f0c52-8f0e-4b52-9d6c-1f2f3c4d5e01'''
\set user '''0b9de7a4-51c8-4c1e-8a55-7be0b6f0a101'''

-- The application writes as ever. The first event is that of the hub's own documentation.
insert into decision_events (company_id, user_id, event_type, context, data, created_at)
select :company, :user, event_type, context::jsonb, data::jsonb, created_at
from (values
    ('task_completed', '{"domain_id": "5d3c", "step_id": "9e11"}',
        '{"time_spent": 42, "completion_method": "manual"}', timestamp '2025-05-17 17:00'),
    ('task_created', '{"domain_id": "5d3c", "step_id": "9e12"}',
        '{"title": "Compare three insurers", "source": "user"}', '2025-05-17 17:01'),
    ('task_updated', '{"step_id": "9e12"}',
        '{"changes": {"title": "Compare four insurers"}, "previous_values": {"title": "Compare three insurers"}}', '2025-05-17 17:02'),
    ('task_status_changed', '{"step_id": "9e12"}', '{"old_status": "todo", "new_status": "in_progress"}', '2025-05-17 17:03'),
    ('recommendation_shown', '{"domain_id": "5d3c"}', '{"rec_id": "r-1", "rec_type": "tool"}', '2025-05-17 17:04'),
    ('recommendation_clicked', '{"domain_id": "5d3c"}', '{"rec_id": "r-1", "action": "open"}', '2025-05-17 17:05'),
    ('tool_added', '{"step_id": "9e12"}', '{"tool_id": "sheet", "source": "recommendation"}', '2025-05-17 17:06'),
    ('tool_used', '{"step_id": "9e12"}', '{"tool_id": "sheet", "usage_context": "step"}', '2025-05-17 17:07'),
    ('feedback_submitted', '{"step_id": "9e12", "tool_id": "sheet"}', '{"rating": 4, "comment": "does the job"}', '2025-05-17 17:08'),
    ('consideration_activated', '{"domain_id": "77aa"}', '{"source_step_id": "9e12"}', '2025-05-17 17:09'),
    ('consideration_dismissed', '{"domain_id": "77ab"}', '{"source_step_id": "9e12"}', '2025-05-17 17:10'),
    ('workspace_saved', '{"domain_id": "5d3c"}',
        '{"workspace_id": "w-1", "config": {"layout": "board", "columns": ["todo", "doing", "done"]}}', '2025-05-17 17:11'),
    ('workspace_loaded', '{"domain_id": "5d3c"}', '{"workspace_id": "w-1"}', '2025-05-17 17:12'),
    ('decision_made', '{"domain_id": "5d3c"}', '{"decision_type": "insurer", "outcome": "stay"}', '2025-05-17 17:13'),
    ('task_deleted', '{"domain_id": "5d3c", "step_id": "9e12"}', '{}', '2025-05-17 17:14')
) as sample (event_type, context, data, created_at);

select event_type, context, data, created_at from decision_events order by created_at limit 3;

do $$
declare
    company constant uuid := '6a1f0c52-8f0e-4b52-9d6c-1f2f3c4d5e01';
begin
    assert (select count(*) from eventlog.event_types where log = 'event_log'::regclass) = 15, 'the hub has 15 types';
    assert (select count(distinct event_type) from decision_events where company_id = company) = 15, 'each type was written';
    assert (select created_at from decision_events where event_type = 'task_completed') = '2025-05-17 17:00',
        'business time comes back as it was given';
    assert (select data = '{"time_spent": 42, "completion_method": "manual"}' from decision_events
        where event_type = 'task_completed'), 'so does the payload';

    -- log_event() and the table are two doors to the same log.
    perform eventlog.log_event('decision_made', '{"decision_type": "hiring", "outcome": "yes"}', tenant_id => company);
    assert (select count(*) from decision_events where event_type = 'decision_made') = 2, 'log_event and the view share the log';

    begin
        insert into decision_events (company_id, event_type, data) values (company, 'feedback_submitted', '{"comment": "?"}');
        raise exception 'feedback without a rating was taken';
    exception when check_violation then null;
    end;
    begin
        insert into decision_events (company_id, event_type, data) values (company, 'task_compleded', '{"time_spent": 1}');
        raise exception 'a type with a typo was taken';
    exception when check_violation then null;
    end;
    begin
        insert into decision_events (event_type, data) values ('task_deleted', '{}');
        raise exception 'an event of no company was taken';
    exception when not_null_violation then null;
    end;
    begin
        update event_log set payload = '{}';
        raise exception 'history could be edited';
    exception when insufficient_privilege then null;
    end;
    assert (select count(*) from decision_events) = 16, 'nothing of what was refused was written';
end
$$;
commit;

\ir consumers.sql
