-- The checks of the gate in PL/pgSQL, as one would write them without the extension: the contract is looked up in a
-- table, the payload's size and required keys are checked, the row is written. They check less than the gate does (no
-- lengths of identifiers, no versions, no kinds of entities and actors), which is to their advantage.

create table bench.taxonomy (
    type text primary key,
    required text[] not null,
    max_payload_bytes int not null
);
insert into bench.taxonomy
select 'bench.type_' || lpad(i::text, 2, '0'), '{step_id,title,status}', 2048
from generate_series(1, 20) as i;

create function bench.plpgsql_log_event(
    type text,
    payload jsonb,
    tenant_id uuid,
    entity_type text,
    entity_id text,
    actor_type text,
    actor_id text
) returns uuid
    language plpgsql volatile
as $$
#variable_conflict use_variable
declare
    needed text[];
    max_bytes int;
    made uuid;
begin
    select t.required, t.max_payload_bytes into needed, max_bytes
    from bench.taxonomy t
    where t.type = plpgsql_log_event.type;
    if not found then
        raise check_violation using message = format('event type "%s" is not registered', type);
    elsif pg_column_size(payload) > max_bytes then
        raise check_violation using message = format('payload is over the limit of %s bytes', max_bytes);
    elsif jsonb_typeof(payload) <> 'object' then
        raise check_violation using message = 'payload must be a JSON object';
    elsif not payload ?& needed then
        raise check_violation using message = 'payload lacks a required key';
    end if;
    insert into bench.plpgsql_function (type, payload, tenant_id, entity_type, entity_id, actor_type, actor_id)
    values (type, payload, tenant_id, entity_type, entity_id, actor_type, actor_id)
    returning id into made;
    return made;
end
$$;

-- The same for a team that wants all of it: every parameter of log_event, what is not given taken from the session and
-- the clock, versions, kinds of entities and actors, lengths, the context. Idempotency keys are still missing.
create table bench.contract (
    type text not null,
    version int not null,
    is_default boolean not null,
    retired boolean not null,
    required text[] not null,
    max_payload_bytes int not null,
    entity_types text[],
    actor_types text[],
    primary key (type, version)
);
insert into bench.contract
select type, 1, true, false, required, max_payload_bytes, null, null from bench.taxonomy;

create function bench.plpgsql_full_log_event(
    type text,
    payload jsonb default '{}',
    tenant_id uuid default null,
    entity_type text default null,
    entity_id text default null,
    actor_type text default null,
    actor_id text default null,
    occurred_at timestamptz default null,
    context jsonb default null,
    correlation_id text default null,
    causation_id text default null,
    source_type text default null,
    source_id text default null,
    version int default null
) returns uuid
    language plpgsql volatile
as $$
#variable_conflict use_variable
declare
    contract bench.contract;
    made uuid;
begin
    tenant_id := coalesce(tenant_id, nullif(current_setting('bench.tenant_id', true), '')::uuid);
    actor_type := coalesce(actor_type, nullif(current_setting('bench.actor_type', true), ''));
    actor_id := coalesce(actor_id, nullif(current_setting('bench.actor_id', true), ''));
    correlation_id := coalesce(correlation_id, nullif(current_setting('bench.correlation_id', true), ''));
    causation_id := coalesce(causation_id, nullif(current_setting('bench.causation_id', true), ''));
    occurred_at := coalesce(occurred_at, clock_timestamp());
    context := coalesce(context, '{}');
    if type is null or type = '' or length(type) > 255 then
        raise check_violation using message = 'bad event type';
    end if;
    if version is null then
        select * into contract from bench.contract c where c.type = plpgsql_full_log_event.type and c.is_default;
    else
        select * into contract from bench.contract c
        where c.type = plpgsql_full_log_event.type and c.version = plpgsql_full_log_event.version;
    end if;
    if not found then
        raise check_violation using message = format('event type "%s" is not registered', type);
    elsif contract.retired then
        raise check_violation using message = format('event type "%s" is retired', type);
    elsif payload is null or jsonb_typeof(payload) <> 'object' then
        raise check_violation using message = 'payload must be a JSON object';
    elsif pg_column_size(payload) > contract.max_payload_bytes then
        raise check_violation using message = 'payload is too large';
    elsif jsonb_typeof(context) <> 'object' or pg_column_size(context) > 2048 then
        raise check_violation using message = 'context is no object, or too large';
    elsif not payload ?& contract.required then
        raise check_violation using message = 'payload lacks a required key';
    elsif contract.entity_types is not null and entity_type <> all (contract.entity_types) then
        raise check_violation using message = 'entity type is not allowed';
    elsif contract.actor_types is not null and actor_type <> all (contract.actor_types) then
        raise check_violation using message = 'actor type is not allowed';
    elsif greatest(octet_length(entity_type), octet_length(entity_id), octet_length(actor_type),
        octet_length(actor_id), octet_length(correlation_id), octet_length(causation_id),
        octet_length(source_type), octet_length(source_id)) > 512
    then
        raise check_violation using message = 'an identifier is too long';
    elsif tenant_id is null then
        raise not_null_violation using message = 'an event needs a tenant';
    end if;
    insert into bench.plpgsql_full (type, payload, tenant_id, entity_type, entity_id, actor_type, actor_id, occurred_at,
        context, correlation_id, causation_id, source_type, source_id, version)
    values (type, payload, tenant_id, entity_type, entity_id, actor_type, actor_id, occurred_at,
        context, correlation_id, causation_id, source_type, source_id, contract.version)
    returning id into made;
    return made;
end
$$;

create function bench.check_event() returns trigger
    language plpgsql volatile
as $$
declare
    needed text[];
    max_bytes int;
begin
    select t.required, t.max_payload_bytes into needed, max_bytes
    from bench.taxonomy t
    where t.type = new.type;
    if not found then
        raise check_violation using message = format('event type "%s" is not registered', new.type);
    elsif pg_column_size(new.payload) > max_bytes then
        raise check_violation using message = format('payload is over the limit of %s bytes', max_bytes);
    elsif jsonb_typeof(new.payload) <> 'object' then
        raise check_violation using message = 'payload must be a JSON object';
    elsif not new.payload ?& needed then
        raise check_violation using message = 'payload lacks a required key';
    end if;
    return new;
end
$$;

create trigger check_event before insert on bench.plpgsql_trigger
    for each row execute function bench.check_event();
