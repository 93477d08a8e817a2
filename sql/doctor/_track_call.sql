-- The statement that would begin this tracking as it is.
-- It reads what everyone may read.
create or replace function eventlog._track_call(tracking_id uuid) returns text
    language sql stable strict parallel safe
    set search_path = pg_catalog, pg_temp
as $$
    select format('select eventlog.track_changes(%L, entity_type => %L%s, log => %L)', t.relation, t.entity_type,
        concat(
            ', fields => ' || quote_literal(t.fields),
            ', ignore => ' || quote_literal(t.ignore),
            ', tenant_column => ' || quote_literal(t.tenant_column),
            ', state_column => ' || quote_literal(t.state_column),
            ', deleted_column => ' || quote_literal(t.deleted_column),
            case when not t.carry_values then ', carry_values => false' end,
            case when t.on_truncate <> 'refuse' then format(', on_truncate => %L', t.on_truncate) end),
        l.relation)
    from eventlog.tracked_table t
    join eventlog.log l on l.log_id = t.log_id
    where t.tracking_id = $1
$$;

comment on function eventlog._track_call(uuid) is
    'internal: the call of track_changes that a tracking came from';
