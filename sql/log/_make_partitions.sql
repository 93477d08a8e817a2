-- Makes the partition for now and as many ahead, and a default one, where they do not exist yet; returns a phrase for
-- each. Partitions are known by their bounds: where something else has the name, the next free one is taken. "create
-- table" and "attach" instead of "create table ... partition of", which takes a stronger lock.
-- It makes tables as its caller, who must own the log.
create or replace function eventlog._make_partitions(relation regclass, partition_interval interval, ahead int) returns setof text
    language plpgsql volatile strict parallel unsafe
    set search_path = pg_catalog, pg_temp
    -- A bound is written as text, and abbreviations of zones are read back as other ones.
    set datestyle = 'ISO, YMD'
    set timezone = 'UTC'
as $$
declare
    schema_name name;
    log_name name;
    period record;
    part_name text;
    part regclass;
begin
    perform eventlog._require_act('_make_partitions', 'repair_log');
    select n.nspname, c.relname into strict schema_name, log_name
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.oid = relation;

    for period in
        select b.lower_bound, b.upper_bound, b.suffix, 'for values from (%L) to (%L)' as bounds
        from eventlog._partition_bounds(partition_interval, clock_timestamp(), ahead) b
        union all
        -- Last, so that attaching the others need not look through it.
        select null, null, '_default', 'default'
        from pg_partitioned_table p
        where p.partrelid = relation and p.partdefid = 0
    loop
        continue when exists (
            select from pg_inherits i join pg_class c on c.oid = i.inhrelid
            where i.inhparent = relation
                and pg_get_expr(c.relpartbound, c.oid)
                    = format('FOR VALUES FROM (%L) TO (%L)', period.lower_bound, period.upper_bound)
        );
        part_name := eventlog._free_name(schema_name, log_name, period.suffix);

        begin
            execute format('create table %I.%I (like %s including defaults including constraints including comments'
                ' including generated including storage including compression)', schema_name, part_name, relation);
            part := format('%I.%I', schema_name, part_name)::regclass;
            perform eventlog._close_new(part);
            perform eventlog._share_owner(part, relation);
            execute format('alter table %s attach partition %s ' || period.bounds, relation, part,
                period.lower_bound, period.upper_bound);
            execute format('comment on table %s is %L', part, case
                when period.lower_bound is null then
                    format('events of %I recorded when no other partition was there', log_name)
                else
                    format('events of %I recorded from %s to %s', log_name, period.lower_bound, period.upper_bound)
            end);
            return next format('partition %s', part);
        exception
            when invalid_object_definition then
                -- Another partition, of another size, covers a part of this time.
                null;
            when check_violation then
                raise warning using
                    message = format('there is no partition of "%s" from %s to %s',
                        replace(relation::text, '"', ''), period.lower_bound, period.upper_bound),
                    detail = 'The default partition holds events of that time.';
        end;
    end loop;
end
$$;

comment on function eventlog._make_partitions(regclass, interval, int) is
    'internal: makes the partitions that a log lacks from now on, and returns which those were';
