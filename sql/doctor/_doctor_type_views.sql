-- Views of types: each shows what its type's schema says.
-- It reads what everyone may read.
create or replace function eventlog._doctor_type_views(examined eventlog._doctor_table[])
    returns setof eventlog._doctor_finding
    language plpgsql stable strict parallel unsafe
    set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    perform eventlog._check_doctor();

    return query
    with noted as (
        select c.oid::regclass as view, v.note, l.log_id, l.relation, v.note ->> 'type' as type,
            (v.note ->> 'version')::int as version
        from pg_class c
        join pg_description d on d.classoid = 'pg_class'::regclass and d.objoid = c.oid and d.objsubid = 0
            and d.description like '%pg_eventlog made it of: {%'
        cross join lateral (select eventlog._type_view_note(c.oid) as note) v
        join eventlog.log l on l.log_id::text = v.note ->> 'log_id'
        join unnest(examined) m on m.relation = l.relation and m.role = 'log'
        where c.relkind = 'v' and coalesce(jsonb_typeof(v.note -> 'version'), 'null') in ('null', 'number')
    )
    select 'warning', format('view %s', n.view),
        case when t.version is null
            then format('shows event type %L, which its log has not, or not in that version', n.type)
            else format('shows event type %L as it was: its schema, its versions or its upcasts have changed', n.type)
        end,
        case when t.version is null then format('drop view %s', n.view)
            else format('select eventlog.create_type_view(%L, %L%s, log => %L)', n.view, n.type,
                coalesce(', ' || n.version, ''), n.relation)
        end
    from noted n
    left join eventlog.event_type t on t.log_id = n.log_id and t.type = n.type
        and case when n.version is null then t.is_default else t.version = n.version end
    where t.version is null
        or eventlog._type_view_basis(n.log_id, n.type, t.version) is distinct from n.note ->> 'basis';
end
$$;

comment on function eventlog._doctor_type_views(eventlog._doctor_table[]) is
    'internal: what doctor() finds about views of event types';
