-- What refuses what is written: a log that is not shaped as it was made, and what stands in the way of capture.
-- It reads what everyone may read.
create or replace function eventlog._doctor_writes(examined eventlog._doctor_table[]) returns setof eventlog._doctor_finding
    language plpgsql stable strict parallel unsafe
    set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    perform eventlog._check_doctor();

    return query
    select 'error', m.relation::text,
        case when a.attname is null then format('has no column "%s" any more: nothing can be written', w.name)
            else format('its column "%s" is of type %s, and not %s: what is written is refused', w.name,
                format_type(a.atttypid, a.atttypmod), t.type) end,
        case when a.attname is null
            then format('alter table %s add column %I %s; select * from eventlog.repair_log(%L)', m.relation, w.name, t.type,
                m.relation)
            else format('alter table %s alter column %I drop default, alter column %2$I type %s using %2$I::text::%3$s; '
                'select * from eventlog.repair_log(%4$L)', m.relation, w.name, t.type, m.relation) end
    from unnest(examined) m
    join eventlog.log l on l.relation = m.relation
    cross join eventlog._log_columns() w
    cross join lateral (select coalesce(w.type, l.tenant_type)) t (type)
    left join pg_attribute a on a.attrelid = m.relation and a.attname = w.name and a.attnum > 0 and not a.attisdropped
    where m.role = 'log' and not m.is_partition and a.atttypid is distinct from t.type;

    return query
    select 'warning', m.relation::text,
        'has no primary key: nothing keeps an id from being taken twice, and finding an event reads all of them',
        format('alter table %s add constraint %I primary key (id%s)', m.relation, eventlog._object_name(c.relname, '_pkey'),
            case when m.kind = 'p' then ', recorded_at' else '' end)
    from unnest(examined) m
    join pg_class c on c.oid = m.relation
    where m.role = 'log' and not m.is_partition
        and not exists (select from pg_index i where i.indrelid = m.relation and i.indisprimary);

    return query
    select 'error', m.relation::text,
        'has no unique key over tenant and key: an event with an idempotency key is refused',
        format('alter table %s add constraint %I unique nulls not distinct (tenant_id, key)', m.relation,
            eventlog._object_name(c.relname, '_once'))
    from unnest(examined) m
    join pg_class c on c.oid = m.relation
    where m.role = 'keys' and not m.is_partition
        and not exists (
            select
            from pg_index i
            where i.indrelid = m.relation and i.indisunique and i.indisvalid and i.indnullsnotdistinct and i.indpred is null
                and i.indimmediate and i.indnkeyatts = 2
                and array['tenant_id', 'key'] = array(
                    select a.attname::text
                    from unnest(i.indkey) with ordinality k (number, place)
                    join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.number
                    order by k.place));

    return query
    select 'error', m.relation::text,
        'no sequence belongs to its column "seq": no event can get a number',
        coalesce(
            -- The one that its default still draws from.
            (select format('alter sequence %s owned by %s.seq', d.refobjid::regclass, m.relation)
                from pg_attrdef f
                join pg_attribute a on a.attrelid = f.adrelid and a.attnum = f.adnum and a.attname = 'seq'
                join pg_depend d on d.classid = 'pg_attrdef'::regclass and d.objid = f.oid
                    and d.refclassid = 'pg_class'::regclass
                join pg_class s on s.oid = d.refobjid and s.relkind = 'S'
                where f.adrelid = m.relation
                limit 1),
            format('select * from eventlog.repair_log(%L)', m.relation))
    from unnest(examined) m
    where m.role = 'log' and not m.is_partition and eventlog._sequence_of(m.relation) is null;

    return query
    select 'error', m.relation::text,
        'not everyone may draw from the sequence of its column "seq": what a writer writes is refused',
        format('select * from eventlog.repair_log(%L)', m.relation)
    from unnest(examined) m
    where m.role = 'log' and not m.is_partition
        and not has_sequence_privilege('public', eventlog._sequence_of(m.relation), 'USAGE');

    return query
    select 'warning', m.relation::text,
        format('its owner %s may not insert: changes of tables that are tracked here are refused', pg_get_userbyid(m.owner)),
        format('grant insert on %s to %I', m.relation, pg_get_userbyid(m.owner))
    from unnest(examined) m
    where m.role = 'log' and not m.is_partition and not has_table_privilege(m.owner, m.relation, 'INSERT');

    -- Capture writes in a context of restricted security, where Postgres puts nothing off.
    return query
    select case when d.at_end then 'error' else 'warning' end, format('%s %I on %s', d.what, d.name, m.relation),
        case when d.at_end then 'is checked when the transaction ends: changes of tables that are tracked here are refused'
            else 'can be put off to the end of a transaction, in which changes of tables that are tracked here are refused' end,
        d.remedy
    from unnest(examined) m
    cross join lateral (
        select case k.contype when 'f' then 'foreign key' else 'constraint' end, k.conname, k.condeferred,
            case k.contype
                when 'f' then format('alter table %s alter constraint %I not deferrable', m.relation, k.conname)
                else format('alter table %s drop constraint %I, add constraint %2$I %s', m.relation, k.conname,
                    replace(replace(pg_get_constraintdef(k.oid), ' INITIALLY DEFERRED', ''), ' DEFERRABLE', '')) end
        from pg_constraint k
        where k.conrelid = m.relation and k.condeferrable and k.contype in ('f', 'p', 'u', 'x') and k.conparentid = 0
        union all
        select 'trigger', t.tgname, t.tginitdeferred, format('drop trigger %I on %s', t.tgname, m.relation)
        from pg_trigger t
        where t.tgrelid = m.relation and t.tgdeferrable and not t.tgisinternal and t.tgparentid = 0
            -- for INSERT
            and t.tgtype & 4 <> 0 and t.tgenabled <> 'D'
    ) d (what, name, at_end, remedy)
    where m.role = 'log';

    return query
    select 'error', t.tgrelid::regclass::text,
        'has capture triggers, and the catalogue knows no tracking of it: changes are refused '
            '(or begin a new tracking with eventlog.track_changes)',
        format('select eventlog.untrack_changes(%L)', t.tgrelid::regclass)
    from pg_trigger t
    join pg_class c on c.oid = t.tgrelid and c.relpersistence <> 't'
    where t.tgfoid = 'eventlog.capture_changes()'::regprocedure
        and t.tgenabled <> 'D'
        and not exists (
            select
            from eventlog.tracked_table k
            where k.relation = coalesce(pg_partition_root(t.tgrelid)::oid, t.tgrelid))
    group by t.tgrelid;

    return query
    select 'error', format('trigger %I on %s', t.tgname, t.tgrelid::regclass),
        'is none that track_changes makes, and calls for capture: changes are refused',
        format('drop trigger %I on %s', t.tgname, t.tgrelid::regclass)
    from pg_trigger t
    join eventlog.tracked_table k on k.relation = coalesce(pg_partition_root(t.tgrelid)::oid, t.tgrelid)
    where t.tgfoid = 'eventlog.capture_changes()'::regprocedure
        and t.tgparentid = 0
        and t.tgenabled <> 'D'
        and t.tgname not in ('eventlog_track', 'eventlog_track_delete', 'eventlog_track_insert', 'eventlog_track_update');
end
$$;

comment on function eventlog._doctor_writes(eventlog._doctor_table[]) is
    'internal: what doctor() finds that refuses what is written';
