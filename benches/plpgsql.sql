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
