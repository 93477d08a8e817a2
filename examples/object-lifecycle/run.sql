-- An object lifecycle log: who changed which object of a team, and how. Campaigns are a tracked table, so nobody has to
-- emit anything; brands take the manual path, with one function, emit_event; and callers of old write plain dicts.
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

create table campaign (
    id bigint generated always as identity primary key,
    team_id uuid not null,
    name text not null,
    status text not null,
    budget numeric(12, 2),
    search_words tsvector generated always as (to_tsvector('simple', name)) stored,
    deleted_at timestamptz
);
create table brand (like campaign including all);

-- What the helpers create_model_with_event and update_model_with_event are for, without them.
select eventlog.track_changes('campaign', fields => '{name,status,budget}', tenant_column => 'team_id',
    state_column => 'status', deleted_column => 'deleted_at', log => 'event_log');

create temporary table moment (name text primary key, at timestamptz not null);

do $$
declare
    team constant uuid := 'd1c7a9e2-6b1f-4f0d-8f33-5a1b2c3d4e01';
    it campaign;
begin
    -- Once for each request. Until it is granted, only superusers may say who acts.
    perform eventlog.set_context(actor_type => 'user', actor_id => 12, correlation_id => 'request-1');
    insert into campaign (team_id, name, status, budget) values (team, 'Spring', 'draft', 1500.00) returning * into it;
    update campaign set budget = 1750.50 where id = it.id;
    update campaign set name = 'Spring' where id = it.id;

    perform eventlog.set_context(actor_type => 'user', actor_id => 12, correlation_id => 'request-2',
        reason => 'Approved by manager');
    update campaign set status = 'approved', name = 'Spring sale' where id = it.id;

    -- A custom event of the same object, beside those that the table writes.
    perform eventlog.emit_change('payment_received', 'campaign', it.id, new => '{"amount": 1750.50, "currency": "EUR"}',
        tenant_id => team, log => 'event_log');

    perform pg_sleep(0.002);
    insert into moment values ('approved', clock_timestamp());
    perform pg_sleep(0.002);
    perform eventlog.set_context(actor_type => 'user', actor_id => 15, correlation_id => 'request-3',
        reason => 'No longer needed');
    update campaign set deleted_at = now() where id = it.id;
    perform eventlog.set_context();
end
$$;

-- The manual path: the application's one function. The event takes part in the transaction of the change that it tells of.
create function emit_event(
    event_type text, obj anyelement, actor_id bigint, old jsonb default null, new jsonb default null, reason text default null
) returns uuid
    language sql volatile
    set search_path = object_lifecycle
as $$
    select eventlog.emit_change(emit_event.event_type, pg_typeof(obj)::text, to_jsonb(obj) ->> 'id', old, new,
        -- What a dict has besides is not told.
        fields => case when emit_event.event_type in ('created', 'updated', 'deleted') then '{name,status,budget}'::text[] end,
        reason => emit_event.reason,
        tenant_id => to_jsonb(obj) ->> 'team_id',
        actor_type => 'user',
        actor_id => emit_event.actor_id,
        context => case emit_event.event_type when 'state_changed' then '{"field": "status"}'::jsonb end,
        log => 'event_log')
$$;

do $$
declare
    team constant uuid := 'd1c7a9e2-6b1f-4f0d-8f33-5a1b2c3d4e01';
    manager constant bigint := 12;
    old brand;
    new brand;
begin
    insert into brand (team_id, name, status, budget) values (team, 'Acme', 'draft', 10.00) returning * into new;
    perform emit_event('created', new, manager, new => to_jsonb(new));
    old := new;

    -- make_field_changes is emit_change's own: it compares the two documents, and writes nothing where they agree.
    update brand set budget = 12.50 where id = old.id returning * into new;
    perform emit_event('updated', new, manager, to_jsonb(old), to_jsonb(new));
    assert emit_event('updated', new, manager, to_jsonb(new), to_jsonb(new)) is null, 'no event without a change';
    assert eventlog.field_changes(to_jsonb(old), to_jsonb(new)) = '{"budget": {"old": 10.00, "new": 12.50}}', 'the same, by itself';
    old := new;

    update brand set status = 'live' where id = old.id returning * into new;
    perform emit_event('state_changed', new, manager, to_jsonb(old.status), to_jsonb(new.status), 'Approved by manager');

    perform emit_event('deleted', new, manager, to_jsonb(new), reason => 'No longer needed');
    update brand set deleted_at = now() where id = new.id;
end
$$;

-- Callers from before the typed payloads write a plain dict: the first version of the contract still takes it.
insert into events (team_id, event_type, schema_version, object_type, object_id, actor_id, event_data)
values ('d1c7a9e2-6b1f-4f0d-8f33-5a1b2c3d4e01', 'brand.updated', 1, 'brand', 7, 12, '{"name": {"old": "Old", "new": "New"}}');

-- The feed of a team, the timeline of an object, the events of an actor.
select event_type, object_id, actor_id from events
where team_id = 'd1c7a9e2-6b1f-4f0d-8f33-5a1b2c3d4e01'
order by created_at desc, id desc limit 20;
select event_type, actor_id, event_data from events
where team_id = 'd1c7a9e2-6b1f-4f0d-8f33-5a1b2c3d4e01' and object_type = 'campaign' and object_id = 1
order by created_at, id;
select event_type, object_type, object_id from events
where team_id = 'd1c7a9e2-6b1f-4f0d-8f33-5a1b2c3d4e01' and actor_id = 15
order by created_at, id;

-- What the campaign was after each of them, and the whole table as it was.
select type, actor_id, state from eventlog.entity_history('campaign', 1, log => 'event_log');
select id, name, status, budget, deleted_at
from eventlog.table_as_of(null::campaign, (select at from moment where name = 'approved'));

do $$
declare
    team constant uuid := 'd1c7a9e2-6b1f-4f0d-8f33-5a1b2c3d4e01';
    approved constant timestamptz := (select at from moment where name = 'approved');
    campaign_types text[];
begin
    select array_agg(type order by seq) into campaign_types
    from eventlog.entity_history('campaign', 1, log => 'event_log');
    assert campaign_types = array['campaign.created', 'campaign.updated', 'campaign.updated', 'campaign.state_changed',
            'campaign.payment_received', 'campaign.deleted'],
        'the whole life, in order; an update that changes nothing is no event';
    assert (select array_agg(event_type order by id) from events where object_type = 'brand' and object_id = 1)
        = '{brand.created,brand.updated,brand.state_changed,brand.deleted}', 'the same by hand';
    -- The shapes are the same, whoever wrote the event.
    assert (select event_data from events where event_type = 'campaign.created')
        = '{"initial_values": {"name": "Spring", "status": "draft", "budget": 1500.00, "deleted_at": null}}', 'created';
    assert (select event_data from events where event_type = 'brand.created')
        = '{"initial_values": {"name": "Acme", "status": "draft", "budget": 10.00}}', 'created by hand';
    assert (select event_data from events where event_type = 'brand.updated' and object_id = 1)
        = '{"changes": {"budget": {"old": 10.00, "new": 12.50}}}', 'updated by hand';
    assert (select event_data from events where event_type = 'campaign.state_changed')
        = '{"state": {"old": "draft", "new": "approved"}, "reason": "Approved by manager"}', 'state_changed';
    assert (select event_data from events where event_type = 'brand.state_changed')
        = '{"state": {"old": "draft", "new": "live"}, "reason": "Approved by manager"}', 'state_changed by hand';
    assert (select event_data - 'changes' from events where event_type = 'campaign.deleted')
        = '{"final_values": {"name": "Spring sale", "status": "approved", "budget": 1750.50, "deleted_at": null},
            "reason": "No longer needed"}',
        'deleted, softly: the values before it';
    assert (select event_data from events where event_type = 'brand.deleted')
        = '{"final_values": {"name": "Acme", "status": "live", "budget": 12.50}, "reason": "No longer needed"}', 'deleted by hand';
    assert (select event_data #>> '{changes,budget,new}' from events where event_type = 'campaign.updated' order by id limit 1)
        = '1750.50', 'numbers keep their digits';

    assert (select count(*) from events where team_id = team) = 11, 'the feed of the team';
    assert (select count(*) from events where team_id = team and actor_id = 15) = 1, 'the feed of an actor';
    assert (select count(distinct correlation_id) from event_log where entity_type = 'campaign') = 3, 'each request told apart';
    assert (select schema_version from events where object_id = 7) = 1, 'an old caller names its version';
    assert (select schema_version from events where event_type = 'brand.updated' and object_id = 1) = 2,
        'all others write by the new one';

    assert eventlog.entity_state('campaign', 1, as_of => approved, log => 'event_log')
        = '{"name": "Spring sale", "status": "approved", "budget": 1750.50, "deleted_at": null}', 'as it was';
    assert eventlog.entity_state('campaign', 1, log => 'event_log') is null, 'and is no more';
    assert eventlog.entity_state('brand', 1, log => 'event_log') is null, 'the same for what was written by hand';
    assert (select count(*) from eventlog.table_as_of(null::campaign, approved)
        where name = 'Spring sale' and status = 'approved' and budget = 1750.50 and deleted_at is null) = 1, 'the table as it was';
    assert (select count(*) from campaign where deleted_at is null) = 0;

    begin
        insert into events (team_id, event_type, object_type, object_id, event_data)
        values (team, 'brand.updated', 'brand', 1, '{"name": {"old": "Old", "new": "New"}}');
        raise exception 'a plain dict was taken as the new version';
    exception when check_violation then null;
    end;
    begin
        -- The event and the change are one transaction: where the event is refused, the change is not made either.
        insert into brand (team_id, name, status) values (team, 'Summer', 'draft');
        perform emit_event('archived', b, 12) from brand b where name = 'Summer';
        raise exception 'a type that is not of the lifecycle was taken';
    exception when check_violation then null;
    end;
    assert not exists (select from brand where name = 'Summer'), 'no change without its event';
    begin
        truncate campaign;
        raise exception 'rows went without a trace';
    exception when feature_not_supported then null;
    end;
    begin
        delete from event_log;
        raise exception 'history could be deleted';
    exception when insufficient_privilege then null;
    end;
    assert (select count(*) from events) = 11, 'nothing of what was refused was written';
end
$$;
commit;

\ir consumers.sql
