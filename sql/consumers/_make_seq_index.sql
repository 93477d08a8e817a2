-- Makes the index by which a log's events are read in order, as the log's owner. A larger log is locked for too long
-- by that: what to do instead is said.
create or replace function eventlog._make_seq_index(log regclass) returns void
    language plpgsql volatile strict parallel unsafe
    set search_path = pg_catalog, pg_temp
as $$
declare
    place record;
    is_large boolean;
    part record;
    statements text;
    name text;
begin
    perform eventlog._require_act('_make_seq_index', 'subscribe');
    select n.nspname as schema_name, c.relname as log_name, c.relkind as kind into strict place
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.oid = log;
    -- Counted, not estimated: a table that was never analyzed has no estimate.
    execute format('select count(*) > 100000 from (select from %s limit 100001) as counted', log) into is_large;
    name := eventlog._free_name(place.schema_name, place.log_name, '_seq_idx');
    if is_large then
        if place.kind = 'r' then
            statements := format('create index concurrently %I on %s (seq);', name, log);
        else
            statements := format('create index %I on only %s (seq);', name, log);
            for part in
                select n.nspname as schema_name, c.relname as part_name, c.oid::regclass as shown
                from pg_partition_tree(log) p
                join pg_class c on c.oid = p.relid
                join pg_namespace n on n.oid = c.relnamespace
                where p.isleaf
                order by c.oid::regclass::text collate "C"
            loop
                statements := statements
                    || format(E'\ncreate index concurrently %1$I on %2$s (seq);'
                        '\nalter index %3$I.%4$I attach partition %5$I.%1$I;',
                        eventlog._free_name(part.schema_name, part.part_name, '_seq_idx'), part.shown,
                        place.schema_name, name, part.schema_name);
            end loop;
        end if;
        raise object_not_in_prerequisite_state using
            message = format('log "%s" has no index on seq, and is too large to be locked while one is made',
                replace(log::text, '"', '')),
            hint = format(E'Its owner makes it without locking anyone out:\n%s', statements);
    end if;
    execute format('create index %I on %s (seq)', name, log);
    execute format('comment on index %I.%I is %L', place.schema_name, name, 'reads the events in their order, for consumers');
end
$$;

comment on function eventlog._make_seq_index(regclass) is
    'internal: makes the index by which a log''s events are read in order';
