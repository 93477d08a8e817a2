-- Whether a log has the index by which its events are read in order: a valid btree on seq alone, of all rows.
create or replace function eventlog._find_seq_index(log regclass) returns boolean
    language sql stable strict parallel safe
    set search_path = pg_catalog, pg_temp
as $$
    select exists (
        select
        from pg_index i
        join pg_class c on c.oid = i.indexrelid
        join pg_am a on a.oid = c.relam and a.amname = 'btree'
        join pg_attribute s on s.attrelid = i.indrelid and s.attname = 'seq' and not s.attisdropped
        where i.indrelid = log
            and i.indisvalid
            and i.indpred is null
            and i.indkey[0] = s.attnum
            and i.indoption[0] = 0
    )
$$;

comment on function eventlog._find_seq_index(regclass) is
    'internal: whether a log has the index by which its events are read in order';
