-- Identity and context come from column defaults, so that a plain INSERT has them too and a restore keeps what it
-- brings. Puts back those that are missing, on the log and on its partitions, into which one may insert directly.
-- It alters the table as its caller, who must own it.
create or replace function eventlog._equip_defaults(relation regclass) returns setof text
    language plpgsql volatile strict parallel unsafe
    set search_path = pg_catalog, pg_temp
as $$
declare
    schema_name name;
    log_name name;
    sequence_name text;
    sequence regclass;
    last_seq bigint;
    missing record;
begin
    perform eventlog._require_act('_equip_defaults', 'repair_log');
    sequence := eventlog._sequence_of(relation);
    if sequence is null then
        select n.nspname, c.relname into strict schema_name, log_name
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where c.oid = relation;
        -- Cache 1: numbers that a session keeps in stock would not follow the order of recording.
        sequence_name := eventlog._free_name(schema_name, log_name, '_seq_seq');
        execute format('create sequence %I.%I as bigint cache 1', schema_name, sequence_name);
        sequence := format('%I.%I', schema_name, sequence_name)::regclass;
        perform eventlog._close_new(sequence);
        perform eventlog._share_owner(sequence, relation);
        execute format('alter sequence %s owned by %s.seq', sequence, relation);
        execute format('select max(seq) from %s', relation) into last_seq;
        perform setval(sequence, coalesce(last_seq, 0) + 1, false);
        return next format('sequence %s', sequence);
    end if;
    -- A writer needs INSERT on the columns that are the writer's to give, and nothing else: drawing a number gives nothing
    -- away.
    if not has_sequence_privilege('public', sequence, 'USAGE') then
        execute format('grant usage on sequence %s to public', sequence);
    end if;

    for missing in
        select tree.relid as member, d.column_name, d.expression, a.atttypid::regtype as type
        from (values
            ('xid', 'eventlog.new_xid()'),
            ('seq', format('eventlog.new_seq(%L::regclass)', sequence)),
            ('occurred_at', 'eventlog.new_occurred_at()'),
            ('recorded_at', 'eventlog.new_recorded_at()'),
            ('id', 'eventlog.new_event_id()'),
            ('tenant_id', 'eventlog.current_tenant()'),
            ('origin', 'eventlog.cluster_origin()'),
            ('version', '1'),
            ('actor_type', 'eventlog.current_actor_type()'),
            ('actor_id', 'eventlog.current_actor()'),
            ('correlation_id', 'eventlog.current_correlation()'),
            ('causation_id', 'eventlog.current_causation()'),
            ('context', 'eventlog.current_context()')
        ) as d (column_name, expression)
        cross join (
            select relation as relid
            union
            select t.relid from pg_partition_tree(relation) t
        ) as tree
        join pg_attribute a on a.attrelid = tree.relid and a.attname = d.column_name
        where eventlog._lacks_default(tree.relid::regclass, a.attname)
        order by tree.relid <> relation, tree.relid::text collate "C", a.attnum
    loop
        -- A row before this one may have set the default of all partitions already.
        continue when not eventlog._lacks_default(missing.member, missing.column_name);
        execute format('alter table %s alter column %I set default %s::%s',
            missing.member, missing.column_name, missing.expression, missing.type);
        return next format('default of %s.%I', missing.member, missing.column_name);
    end loop;
end
$$;

comment on function eventlog._equip_defaults(regclass) is
    'internal: puts back the column defaults that a log lacks, and returns which those were';
