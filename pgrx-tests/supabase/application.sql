-- What the project's owner runs once: a log, who may do what with it, and two tables of the application.
create extension pg_eventlog;

select eventlog.create_log('public.events');
select eventlog.register_event_type('task_completed', required => '{step_id}');
select eventlog.grant_reader('public.events', 'authenticated');
select eventlog.grant_writer('public.events', 'authenticated');
select eventlog.grant_service('public.events', 'service_role');
select eventlog.grant_consumer('public.events', 'service_role');

create table public.campaigns (id bigint primary key, tenant_id uuid not null, name text, budget numeric);
create index on public.campaigns (tenant_id);
revoke all on public.campaigns from anon;
select eventlog.isolate_tenants('public.campaigns', readers => '{authenticated}', writers => '{authenticated}');
select eventlog.track_changes('public.campaigns', 'campaign', tenant_column => 'tenant_id');

-- Functions for the clients, in the schema that is exposed. They run as whoever calls them.
create function public.complete_task(step_id int, note text default null) returns uuid
    language sql volatile set search_path = ''
as $$
    select eventlog.log_event('task_completed', jsonb_build_object('step_id', step_id, 'note', note))
$$;
create function public.campaigns_as_of(as_of timestamptz) returns setof public.campaigns
    language sql stable set search_path = ''
as $$
    select * from eventlog.table_as_of(null::public.campaigns, as_of)
$$;
create function public.campaign_history(id bigint) returns setof jsonb
    language sql stable set search_path = ''
as $$
    select pg_catalog.to_jsonb(h) from eventlog.entity_history('campaign', id) h
$$;
revoke execute on function public.complete_task, public.campaigns_as_of, public.campaign_history from anon, public;
