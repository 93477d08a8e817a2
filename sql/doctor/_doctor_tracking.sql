-- Tracked tables: their triggers fire, their log is there and its owner lets them write to it.
-- It reads what everyone may read.
create or replace function eventlog._doctor_tracking(examined eventlog._doctor_table[]) returns setof eventlog._doctor_finding
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

    -- The right is asked for when a tracking begins, and tables and logs change hands.
    return query
    select 'warning', t.relation::text,
        format('its changes are written to %s, though its owner %s may not have tables tracked there any more (the remedy '
            'is for the log''s owner)', t.log, pg_get_userbyid(c.relowner)),
        format('select eventlog.grant_tracker(%L, %L)', t.log, pg_get_userbyid(c.relowner))
    from eventlog.tracked_tables t
    join pg_class c on c.oid = t.relation
    where t.state in ('ready', 'trigger missing or disabled')
        and not eventlog._may_track(t.log, c.relowner);
end
$$;

comment on function eventlog._doctor_tracking(eventlog._doctor_table[]) is
    'internal: what doctor() finds about tracked tables';
