-- Makes the table of states of a log that has transition rules, or puts it right; returns what was missing.
-- It makes a table as its caller, who must own the log.
create or replace function eventlog._equip_states(relation regclass, log_id uuid) returns setof text
    language plpgsql volatile strict parallel unsafe
    set search_path = pg_catalog, pg_temp
as $$
declare
    schema_name name;
    log_name name;
    tenant_type regtype;
    states_name text;
    key_name text;
    states regclass := eventlog._states_of(relation);
    rule text;
    is_empty boolean;
    part record;
begin
    perform eventlog._require_act('_equip_states', 'repair_log');
    if states is null then
        select n.nspname, c.relname, a.atttypid into strict schema_name, log_name, tenant_type
        from pg_class c
        join pg_namespace n on n.oid = c.relnamespace
        join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
        where c.oid = relation;
        states_name := eventlog._free_name(schema_name, log_name, '_state');
        key_name := eventlog._free_name(schema_name, states_name, '_once');
        -- Room for the next state of a row beside it.
        execute format(
            'create table %I.%I (
                tenant_id %s,
                entity_type text collate "C" not null,
                entity_id text collate "C" not null,
                rule text collate "C" not null,
                state text not null,
                seq bigint not null,
                constraint %I unique nulls not distinct (entity_id, entity_type, tenant_id, rule)
            ) with (fillfactor = 70)',
            schema_name, states_name, tenant_type, key_name);
        states := format('%I.%I', schema_name, states_name)::regclass;
        perform eventlog._close_new(states);
        perform eventlog._share_owner(states, relation);
        execute format('comment on index %I.%I is %L', schema_name, key_name, 'an entity has one state by a rule');
        execute format('comment on table %s is %L', states,
            format('the states of entities by transition rules (log %s)', log_id));
        for part in
            values
                ('tenant_id', 'the tenant whose entity it is'),
                ('entity_type', 'kind of entity'),
                ('entity_id', 'which one'),
                ('rule', 'the rule by which it has the state'),
                ('state', 'its state; empty where it has none yet'),
                ('seq', 'the event that gave it')
        loop
            execute format('comment on column %s.%I is %L', states, part.column1, part.column2);
        end loop;
        return next format('table of states %s', states);
    end if;
    for rule in
        select r.name from eventlog.event_rule r
        where r.log_id = _equip_states.log_id and r.kind = 'transition'
        order by r.name collate "C"
    loop
        execute format('select not exists (select from %s s where s.rule = $1)', states) into is_empty using rule;
        if is_empty then
            perform eventlog._fill_states(relation, log_id, rule);
            execute format('select not exists (select from %s s where s.rule = $1)', states) into is_empty using rule;
            if not is_empty then
                return next format('states by rule %I of %s', rule, relation);
            end if;
        end if;
    end loop;
end
$$;

comment on function eventlog._equip_states(regclass, uuid) is
    'internal: makes or fills the table of states of a log, and returns what was missing';
