-- The sequence of a log that is as create_log made it: a plain table with the gate as its one trigger for INSERT, and
-- nothing of its owner's that would run when a row comes (defaults, rules, checks, foreign keys, expressions and operator
-- classes of indexes). Null for any other one, and for one that Citus distributes.
-- The system catalog, which it reads, is open to everyone.
create or replace function eventlog._plain_sequence(relation regclass) returns oid
    language plpgsql stable strict parallel safe
    set search_path = pg_catalog, pg_temp
    -- Expressions are compared as text.
    set quote_all_identifiers = off
as $$
declare
    sequence oid := eventlog._sequence_of(relation);
    distributed boolean;
begin
    -- Citus plans what is written to its tables, on the coordinator's copy of which nothing may land.
    if to_regclass('pg_catalog.pg_dist_partition') is not null then
        execute 'select true from pg_catalog.pg_dist_partition where logicalrelid = $1' into distributed using relation;
        if distributed then
            return null;
        end if;
    end if;
    return (
        select sequence
        from pg_class c
        where c.oid = relation
            and c.relkind = 'r'
            and not c.relispartition
            and not c.relhasrules
            and c.relam = (select a.oid from pg_am a where a.amname = 'heap')
            and c.relpersistence <> 't'
            and not exists (
                select
                from pg_attribute a
                left join (values
                    ('xid', 'eventlog.new_xid()'),
                    ('seq', format('eventlog.new_seq(%L::regclass)', sequence::regclass)),
                    ('id', 'eventlog.new_event_id()'),
                    ('recorded_at', 'eventlog.new_recorded_at()'),
                    ('origin', 'eventlog.cluster_origin()')
                ) as assigned (name, expression) on assigned.name = a.attname
                left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
                where a.attrelid = c.oid
                    and a.attnum > 0
                    and not a.attisdropped
                    and (a.attidentity <> ''
                        or a.attgenerated <> ''
                        or pg_get_expr(d.adbin, d.adrelid) is distinct from assigned.expression and assigned.name is not null
                        or assigned.name is null and a.attname <> all (array['occurred_at', 'tenant_id', 'version', 'type',
                            'entity_type', 'entity_id', 'actor_type', 'actor_id', 'source_type', 'source_id',
                            'correlation_id', 'causation_id', 'idempotency_key', 'context', 'payload']))
            )
            and not exists (
                select
                from pg_trigger t
                where t.tgrelid = c.oid
                    -- for INSERT
                    and t.tgtype & 4 <> 0
                    and not (t.tgname = 'eventlog_gate' and t.tgfoid = 'eventlog.gate()'::regprocedure and t.tgqual is null)
            )
            and not exists (select from pg_constraint k where k.conrelid = c.oid and k.contype in ('c', 'x'))
            and not exists (
                select
                from pg_index i
                where i.indrelid = c.oid
                    and (i.indexprs is not null
                        -- An operator class of somebody's own calls functions of the same owner.
                        or exists (select from unnest(i.indclass) o (oid) where o.oid >= 16384)
                        or pg_get_expr(i.indpred, i.indrelid) not in ('(entity_id IS NOT NULL)', '(actor_id IS NOT NULL)'))
            )
    );
end
$$;

comment on function eventlog._plain_sequence(regclass) is
    'internal: the sequence of a log that is as create_log made it';
