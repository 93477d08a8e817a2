-- Logs: the catalogue and the tables agree, each has its gate and its keys, and nothing changes an event behind the gate.
-- It reads what everyone may read.
create or replace function eventlog._doctor_logs(examined eventlog._doctor_table[]) returns setof eventlog._doctor_finding
    language plpgsql stable strict parallel unsafe
    set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    perform eventlog._check_doctor();

    return query
    select 'error', m.relation::text,
        'the gate is missing or disabled: events are stored unchecked, and under any identity',
        format('select * from eventlog.repair_log(%L)', m.root)
    from unnest(examined) m
    join eventlog.log l on l.relation = m.root
    where m.role = 'log'
        and not exists (
            select from pg_trigger t
            where t.tgrelid = m.relation
                and t.tgname = 'eventlog_gate'
                and t.tgfoid = 'eventlog.gate()'::regprocedure
                -- before insert for each row
                and t.tgtype = 7
                and t.tgqual is null
                and t.tgenabled in ('O', 'A')
                and encode(t.tgargs, 'escape') = l.log_id::text || '\000');

    return query
    select 'warning', format('log %s', l.log_id),
        format('the table is gone (it had the number %s); its row, its taxonomy and its keys are left', l.relation::oid),
        format('select eventlog.forget_log(%L)', l.log_id)
    from eventlog.log l
    where not exists (select from unnest(examined) m where m.relation = l.relation and m.role = 'log')
        and not exists (
            select from pg_trigger t
            where t.tgfoid = 'eventlog.gate()'::regprocedure and encode(t.tgargs, 'escape') = l.log_id::text || '\000');

    return query
    select 'warning', t.tgrelid::regclass::text,
        case when known.relation is null
            then 'has the gate of a log that the catalogue does not know: its inserts are refused, and its taxonomy is lost'
            else format('has the gate of the log %s without being it: its inserts are refused', known.relation)
        end,
        -- A copy of a log is not a log.
        case when known.relation is not null and known.relation <> t.tgrelid
            then format('drop trigger %I on %s', t.tgname, t.tgrelid::regclass)
            else format('select * from eventlog.repair_log(%L)', t.tgrelid::regclass)
        end
    from pg_trigger t
    left join lateral (
        select m.relation
        from eventlog.log l join unnest(examined) m on m.relation = l.relation and m.role = 'log'
        where encode(t.tgargs, 'escape') = l.log_id::text || '\000'
    ) known on true
    where t.tgfoid = 'eventlog.gate()'::regprocedure
        and t.tgparentid = 0
        and t.tgrelid is distinct from known.relation;

    return query
    select 'info', m.relation::text,
        'its taxonomy is too long for the note beside the log: drop extension ... cascade would lose it, so keep a copy',
        format('select eventlog.export_taxonomy(%L)', m.relation)
    from unnest(examined) m
    where m.role = 'log'
        and m.relation = m.root
        -- As src/log/note.rs writes it.
        and strpos(eventlog._read_note(m.relation), '"taxonomy":null,"left_out":') > 0;

    return query
    select case when k.relation is null then 'warning' else 'error' end,
        coalesce(k.relation, m.relation)::text,
        case when k.relation is null then 'has no table of idempotency keys: an event with a key is refused'
            else 'the guard against keys that are claimed by hand is missing or disabled' end,
        format('select * from eventlog.repair_log(%L)', m.relation)
    from unnest(examined) m
    left join unnest(examined) k on k.role = 'keys' and k.log = m.relation
    where m.role = 'log'
        and m.relation = m.root
        and not exists (
            select from pg_trigger t
            where t.tgrelid = k.relation and t.tgname = 'eventlog_claim'
                and t.tgfoid = 'eventlog.guard_claim()'::regprocedure
                and t.tgtype = 7 and t.tgqual is null and t.tgenabled in ('O', 'A'));

    return query
    select 'warning', m.relation::text,
        'has no table of rejected events: a batch of which one would be rejected is refused as a whole',
        format('select * from eventlog.repair_log(%L)', m.relation)
    from unnest(examined) m
    where m.role = 'log'
        and m.relation = m.root
        and not exists (select from unnest(examined) r where r.role = 'rejected' and r.log = m.relation);

    return query
    select 'warning', m.relation::text,
        format('columns without their default: %s; an insert that does not give them, or is not the owner''s, fails',
            string_agg(a.attname, ', ' order by a.attnum)),
        format('select * from eventlog.repair_log(%L)', m.root)
    from unnest(examined) m
    join pg_attribute a on a.attrelid = m.relation and not a.attisdropped
    where m.role = 'log'
        and eventlog._lacks_default(m.relation, a.attname)
        and a.attname in ('xid', 'seq', 'occurred_at', 'recorded_at', 'id', 'tenant_id', 'origin', 'version', 'actor_type',
            'actor_id', 'correlation_id', 'causation_id', 'context')
    group by m.relation, m.root;

    return query
    select 'warning', m.relation::text,
        format('its sequence stands behind its events: the next one gets the seq %s, and one that is there has %s', n.next_seq,
            n.found_seq),
        format('select * from eventlog.repair_log(%L)', m.relation)
    from unnest(examined) m
    cross join lateral eventlog._next_seq(m.relation) n
    where m.role = 'log' and m.relation = m.root and n.found_seq >= n.next_seq;

    return query
    select 'warning', m.relation::text,
        'its sequence does not give its numbers one after the other: seq is not the order of recording',
        format('select * from eventlog.repair_log(%L)', m.relation)
    from unnest(examined) m
    -- Asked once for each log, and not for each log and sequence.
    cross join lateral (select eventlog._sequence_of(m.relation) offset 0) q (sequence)
    join pg_sequence s on s.seqrelid = q.sequence
    where m.role = 'log' and m.relation = m.root and (s.seqcache <> 1 or s.seqincrement <> 1 or s.seqcycle);

    return query
    select 'warning', m.relation::text,
        'takes events without a tenant, though it was made to require one',
        format('select * from eventlog.repair_log(%L)', m.relation)
    from unnest(examined) m
    join eventlog.log l on l.relation = m.relation and l.require_tenant
    join pg_attribute a on a.attrelid = m.relation and a.attname = 'tenant_id' and not a.attnotnull
    where m.role = 'log';

    return query
    select 'warning', m.relation::text,
        case when l.format < p.format
            then format('has format %s, and this release makes format %s: what came since is missing', l.format, p.format)
            else format('has format %s, and this release knows formats up to %s: it was made by a newer one', l.format,
                p.format)
        end,
        case when l.format < p.format
            then format('select * from eventlog.repair_log(%L)', m.relation)
            else 'alter extension pg_eventlog update'
        end
    from unnest(examined) m
    join eventlog.log l on l.relation = m.relation
    cross join eventlog._present_format() p (format)
    where m.role = 'log' and m.relation = m.root and l.format <> p.format;

    return query
    select 'warning', m.relation::text,
        'is unlogged: after a crash it is empty',
        format('alter table %s set logged', m.relation)
    from unnest(examined) m
    join pg_class c on c.oid = m.relation and c.relpersistence = 'u'
    where m.append_only and m.kind = 'r';

    -- A trigger before the gate may fill in what it likes: the gate sees it.
    return query
    select 'warning', format('trigger %I on %s', t.tgname, m.relation),
        'fires after the gate and can change an event that was checked already',
        format('alter trigger %I on %s rename to %I', t.tgname, m.relation,
            eventlog._object_name('before_gate_' || t.tgname, ''))
    from unnest(examined) m
    join pg_trigger t on t.tgrelid = m.relation and t.tgparentid = 0 and not t.tgisinternal
    where m.role = 'log'
        -- before insert, for each row
        and t.tgtype & 7 = 7
        and t.tgenabled <> 'D'
        and t.tgname::text collate "C" > 'eventlog_gate';

    -- A superuser may do anything, whomever tables belong to.
    return query
    select 'info', o.relation::text,
        format('belongs to %s, who can log in: an owner can lift every protection, so let it be a role that nobody logs '
            'in as (takes a superuser)', r.rolname),
        concat_ws('; ',
            case when not exists (select from pg_roles n where n.rolname = o.new_owner)
                then format('create role %I nologin', o.new_owner) end,
            (select string_agg(format('alter table %s owner to %I', m.relation, o.new_owner), '; ' order by m.is_partition,
                    m.relation::text)
                from unnest(examined) m where m.log = o.relation),
            format('select * from eventlog.repair_log(%L)', o.relation))
    from (
        select m.relation, m.owner,
            -- One that is there is taken only if nobody logs in as it.
            (select n from (
                select eventlog._object_name(c.relname, '_owner' || coalesce('_' || nullif(i, 1), '')) as n, i
                from pg_class c, generate_series(1, 9) i
                where c.oid = m.relation) names
            where not exists (select from pg_roles r where r.rolname = n and (r.rolcanlogin or r.rolsuper))
            order by i limit 1) as new_owner
        from unnest(examined) m
        where m.role = 'log' and m.relation = m.root
    ) o
    join pg_roles r on r.oid = o.owner and r.rolcanlogin and not r.rolsuper;
end
$$;

comment on function eventlog._doctor_logs(eventlog._doctor_table[]) is
    'internal: what doctor() finds about logs';
