-- The number that a log's sequence gives next, and the greatest seq that a look at its newest rows finds. There is no
-- index on seq, so not all rows are looked at: those in the last 64 pages of the table, or the last 8 of each partition,
-- where what was written last stands; and, for what was loaded before that, what ANALYZE has noted. Where the owner made
-- an index on seq, that answers instead. Nulls for whoever has not the owner's rights; where somebody holds the table
-- locked, nothing is found in it.
-- It reads as its caller.
create or replace function eventlog._next_seq(relation regclass, out next_seq bigint, out found_seq bigint)
    language plpgsql volatile strict parallel unsafe
    set search_path = pg_catalog, pg_temp
    set lock_timeout = '10ms'
as $$
declare
    sequence regclass := eventlog._sequence_of(relation);
    part record;
    newest bigint;
begin
    if sequence is null or not exists (
        select from pg_class c where c.oid = relation and pg_has_role(c.relowner, 'USAGE')
    ) then
        return;
    end if;
    execute format('select last_value + case when is_called then 1 else 0 end from %s', sequence) into next_seq;

    for part in
        select c.oid::regclass as member,
            (select (s.histogram_bounds::text::bigint[])[array_upper(s.histogram_bounds, 1)]
                from pg_stats s join pg_namespace n on n.nspname = s.schemaname
                where n.oid = c.relnamespace and s.tablename = c.relname and s.attname = 'seq' and not s.inherited) as noted,
            greatest(pg_relation_size(c.oid) / current_setting('block_size')::int
                - case when c.oid = relation then 64 else 8 end, 0) as page,
            exists (
                select
                from pg_index i
                join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0] and a.attname = 'seq'
                join pg_class x on x.oid = i.indexrelid
                join pg_am m on m.oid = x.relam and m.amname = 'btree'
                where i.indrelid = c.oid and i.indisvalid and i.indpred is null
            ) as indexed
        from pg_class c
        where c.relkind = 'r'
            and c.oid in (select relation union all select t.relid from pg_partition_tree(relation) t)
    loop
        execute format('select max(seq) from only %s where $1 or ctid >= $2', part.member)
            using part.indexed, format('(%s,0)', part.page)::tid into newest;
        found_seq := greatest(found_seq, part.noted, newest);
    end loop;
exception
    when insufficient_privilege or lock_not_available then
        null;
end
$$;

comment on function eventlog._next_seq(regclass) is
    'internal: the next number of a log, and the greatest that its newest rows have';
