-- An object lifecycle log: who changed which object of a team, and how; one function, emit_event, for all tracking.
-- From the repository's root: psql -f examples/object-lifecycle/run.sql DATABASE
\set ON_ERROR_STOP on
\set taxonomy `cat examples/object-lifecycle/taxonomy.json`
begin;
create schema object_lifecycle;
set local search_path = object_lifecycle;
set local timezone = 'UTC';
select eventlog.create_log('event_log') as log;
select * from eventlog.import_taxonomy(:'taxonomy', 'event_log');

-- The application's model: teams, objects with integer keys, one jsonb field.
select eventlog.create_event_view('events', 'event_log', '{
    "id": "id",
    "team_id": "tenant_id",
    "event_type": "type",
    "schema_version": "version",
    "object_type": "entity_type",
    "object_id": "entity_id::bigint",
    "actor_id": "actor_id::bigint",
    "event_data": "payload",
    "created_at": "recorded_at"
}') as view;

-- The application's one function. The event takes part in the transaction of the change that it tells of.
create function emit_event(event_type text, obj anyelement, actor_id bigint, event_data jsonb) returns uuid
    language sql volatile
    set search_path = object_lifecycle
as $$
    select eventlog.log_event(emit_event.event_type, event_data,
        tenant_id => to_jsonb(obj) ->> 'team_id',
        entity_type => pg_typeof(obj)::text,
        entity_id => to_jsonb(obj) ->> 'id',
        actor_type => 'user',
        actor_id => emit_event.actor_id,
        log => 'event_log')
$$;

create table campaign (
    id bigint generated always as identity primary key,
    team_id uuid not null,
    name text not null,
    status text not null,
    budget numeric(12, 2)
);

do $$
declare
    team constant uuid := 'd1c7a9e2-6b1f-4f0d-8f33-5a1b2c3d4e01';
    manager constant bigint := 12;
    it campaign;
begin
    insert into campaign (team_id, name, status, budget) values (team, 'Spring', 'draft', 1500.00) returning * into it;
    perform emit_event('created', it, manager,
        jsonb_build_object('initial_values', jsonb_build_object('name', it.name, 'status', it.status, 'budget', it.budget)));

    update campaign set budget = 1750.50 where id = it.id returning * into it;
    perform emit_event('updated', it, manager, '{"changes": {"budget": {"old": 1500.00, "new": 1750.50}}}');

    update campaign set status = 'approved' where id = it.id returning * into it;
    perform emit_event('state_changed', it, manager,
        '{"state": {"old": "draft", "new": "approved"}, "reason": "Approved by manager"}');

    delete from campaign where id = it.id;
    perform emit_event('deleted', it, manager,
        jsonb_build_object('final_values', to_jsonb(it) - array['id', 'team_id'], 'reason', 'No longer needed'));
end
$$;

-- Callers from before the typed payloads write a plain dict: the first version of the contract still takes it.
insert into events (team_id, event_type, schema_version, object_type, object_id, actor_id, event_data)
values ('d1c7a9e2-6b1f-4f0d-8f33-5a1b2c3d4e01', 'updated', 1, 'brand', 7, 12, '{"name": {"old": "Old", "new": "New"}}');

-- The timeline of an object.
select event_type, schema_version as version, actor_id as actor, event_data
from events
where team_id = 'd1c7a9e2-6b1f-4f0d-8f33-5a1b2c3d4e01' and object_type = 'campaign' and object_id = 1
order by created_at, id;

do $$
declare
    team constant uuid := 'd1c7a9e2-6b1f-4f0d-8f33-5a1b2c3d4e01';
begin
    assert (select array_agg(event_type order by id) from events where object_type = 'campaign' and object_id = 1)
        = '{created,updated,state_changed,deleted}', 'the whole life, in order';
    assert (select count(*) from events where team_id = team and actor_id = 12) = 5, 'the feed of an actor';
    assert (select event_data #>> '{changes,budget,new}' from events where object_type = 'campaign' and event_type = 'updated')
        = '1750.50', 'numbers keep their digits';
    assert (select schema_version from events where object_type = 'brand') = 1, 'an old caller names his version';
    assert (select schema_version from events where object_type = 'campaign' and event_type = 'updated') = 2,
        'all others write by the new one';

    begin
        insert into events (team_id, event_type, object_type, object_id, event_data)
        values (team, 'updated', 'campaign', 1, '{"name": {"old": "Old", "new": "New"}}');
        raise exception 'a plain dict was taken as the new version';
    exception when check_violation then null;
    end;
    begin
        -- The event and the change are one transaction: where the event is refused, the change is not made either.
        insert into campaign (team_id, name, status) values (team, 'Summer', 'draft');
        perform emit_event('archived', c, 12, '{}') from campaign c;
        raise exception 'a type that is not of the lifecycle was taken';
    exception when check_violation then null;
    end;
    assert not exists (select from campaign), 'no change without its event';
    begin
        delete from event_log;
        raise exception 'history could be deleted';
    exception when insufficient_privilege then null;
    end;
    assert (select count(*) from events) = 5, 'nothing of what was refused was written';
end
$$;
commit;
