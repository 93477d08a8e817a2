-- Tracked tables: their triggers fire, their log is there and takes what they tell.
create function eventlog._doctor_tracking(examined eventlog._doctor_table[]) returns setof eventlog._doctor_finding
    language plpgsql stable strict parallel unsafe
    set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    perform eventlog._check_doctor();

    return query
    select case when t.state = 'trigger missing or disabled' then 'error' else 'warning' end,
        case when t.state = 'table missing' then format('tracking %s', t.tracking_id) else t.relation::text end,
        case t.state
            when 'table missing' then 'the tracked table is gone, and its tracking has not ended (takes a superuser)'
            when 'log missing' then 'the log of this tracked table is gone: changes of the table are refused'
            else 'a capture trigger is missing or disabled: changes leave no events'
        end,
        case t.state
            when 'table missing' then format('update eventlog.tracked_table set relation = null, '
                'tracked_until = clock_timestamp() where tracking_id = %L', t.tracking_id)
            when 'log missing' then format('select eventlog.untrack_changes(%L)', t.relation)
            else eventlog._track_call(t.tracking_id)
        end
    from eventlog.tracked_tables t
    where t.state in ('table missing', 'log missing', 'trigger missing or disabled');

    return query
    select 'warning', format('event type %s of %s', k.type, t.log),
        format('%s: changes of %s are refused (the remedy is for the log''s owner)', case
            when e.type is null then 'is not registered'
            when e.status = 'retired' then 'is retired'
            else 'has a contract that not all changes meet' end, t.relation),
        eventlog._track_call(t.tracking_id)
    from eventlog.tracked_tables t
    join eventlog.log l on l.relation = t.log
    cross join lateral (values
        ('created', case when t.carry_values then '{initial_values}' else '{}' end::text[]),
        ('updated', '{changes}'),
        ('deleted', case when t.carry_values then '{final_values}' else '{}' end::text[]),
        (case when t.state_column is not null then 'state_changed' end, '{state}')
    ) ending (name, given)
    cross join lateral (select t.entity_type || '.' || ending.name) k (type)
    left join eventlog.event_type e on e.log_id = l.log_id and e.type = k.type and e.is_default
    where t.state in ('ready', 'trigger missing or disabled')
        and ending.name is not null
        and (e.type is null and l.unregistered = 'reject'
            or e.status = 'retired'
            or not e.required <@ ending.given
            or e.entity_types is not null
            or e.actor_types is not null
            or coalesce(e.max_payload_bytes, l.max_payload_bytes) < 1073741823);
end
$$;

-- It reads what everyone may read.
revoke all on function eventlog._doctor_tracking(eventlog._doctor_table[]) from public;
grant execute on function eventlog._doctor_tracking(eventlog._doctor_table[]) to public;

comment on function eventlog._doctor_tracking(eventlog._doctor_table[]) is
    'internal: what doctor() finds about tracked tables';
