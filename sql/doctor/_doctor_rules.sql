-- Rules: each is asked of events that can be written.
-- It reads what everyone may read.
create or replace function eventlog._doctor_rules(examined eventlog._doctor_table[])
    returns setof eventlog._doctor_finding
    language plpgsql stable strict parallel unsafe
    set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    perform eventlog._check_doctor();

    return query
    select 'warning', m.relation::text,
        format('rule %I is asked of events of type %L, which the log does not take', r.name, r.type),
        format('select eventlog.remove_event_rule(%L, log => %L)', r.name, m.relation)
    from eventlog.event_rule r
    join eventlog.log l on l.log_id = r.log_id and l.unregistered = 'reject'
    join unnest(examined) m on m.relation = l.relation and m.role = 'log'
    where r.type is not null
        and not exists (
            select from eventlog.event_type t
            where t.log_id = r.log_id and t.type = r.type and t.status = 'active')
        and not exists (
            select from eventlog.tracked_table t
            where t.log_id = r.log_id
                and r.type = any (array[
                    t.entity_type || '.created', t.entity_type || '.updated', t.entity_type || '.state_changed',
                    t.entity_type || '.deleted']));

    return query
    select 'error', m.relation::text,
        format('rule %I cannot be asked, so that events are refused: %s', r.name, f.problem),
        format('select eventlog.remove_event_rule(%L, log => %L)', r.name, m.relation)
    from eventlog.event_rule r
    join eventlog.log l on l.log_id = r.log_id
    join unnest(examined) m on m.relation = l.relation and m.role = 'log'
    cross join lateral eventlog._reference(l.relation, r.relation, r.column_name, r.tenant_column) f
    where r.kind = 'reference' and f.problem is not null;

    return query
    select 'error', m.relation::text,
        'its table of states is missing, or belongs to somebody else: events of its transition rules are refused',
        format('select * from eventlog.repair_log(%L)', m.relation)
    from unnest(examined) m
    join eventlog.log l on l.relation = m.relation
    where m.role = 'log'
        and exists (select from eventlog.event_rule r where r.log_id = l.log_id and r.kind = 'transition')
        and eventlog._states_of(m.relation) is null;
end
$$;

comment on function eventlog._doctor_rules(eventlog._doctor_table[]) is
    'internal: what doctor() finds about rules';
