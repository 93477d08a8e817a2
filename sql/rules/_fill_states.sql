-- Puts the present states of entities, by a rule, into the table of states; returns how many steps of the past the rule
-- does not let anyone take. Nobody writes events until the transaction ends.
-- It reads and writes as its caller, who must own the log.
create or replace function eventlog._fill_states(relation regclass, log_id uuid, rule text) returns bigint
    language plpgsql volatile strict parallel unsafe
    set search_path = pg_catalog, pg_temp
as $$
declare
    of_rule record;
    wrong bigint;
begin
    perform eventlog._require_act('_fill_states', 'repair_log');
    select r.entity_type, r.transitions, r.path,
        -- Where the type is the state, types that are none leave it.
        coalesce(r.types, case when r.path is null then array(
            select jsonb_object_keys(r.transitions)
            union
            select jsonb_array_elements_text(t.value) from jsonb_each(r.transitions) t
        ) end) as types
    into strict of_rule
    from eventlog.event_rule r
    where r.log_id = _fill_states.log_id and r.name = rule and r.kind = 'transition';
    execute format('lock table %s in share row exclusive mode', relation);
    execute format('delete from %s where rule = $1', eventlog._states_of(relation)) using rule;
    execute format(
        'with event as (
            select e.tenant_id, e.entity_id, e.seq, case when $5 is null then to_jsonb(e.type) else
                jsonb_path_query_first(jsonb_build_object(''payload'', e.payload, ''context'', e.context),
                    $5::jsonpath, ''{}'', true) end as state
            from %s e
            where e.entity_type = $1 and e.entity_id is not null and ($2 is null or e.type = any ($2))
        ),
        step as (
            select e.tenant_id, e.entity_id, e.seq, e.state #>> ''{}'' as state,
                lag(e.state #>> ''{}'', 1, '''') over (partition by e.tenant_id, e.entity_id order by e.seq) as before
            from event e
            where jsonb_typeof(e.state) in (''string'', ''number'', ''boolean'') and e.state <> ''""''
        ),
        kept as (
            insert into %s (tenant_id, entity_type, entity_id, rule, state, seq)
            select distinct on (s.tenant_id, s.entity_id) s.tenant_id, $1, s.entity_id, $3, s.state, s.seq
            from step s
            order by s.tenant_id, s.entity_id, s.seq desc
        )
        select count(*) from step s where not coalesce($4 -> s.before ? s.state, false)',
        relation, eventlog._states_of(relation))
    into wrong
    using of_rule.entity_type, of_rule.types, rule, of_rule.transitions, of_rule.path;
    return wrong;
end
$$;

comment on function eventlog._fill_states(regclass, uuid, text) is
    'internal: puts the present states of entities into a log''s table of states';
