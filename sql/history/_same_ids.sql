-- The ids under which events of one entity stand: those that tell a key equal to this one's, of a table whose keys may be
-- written in several ways. It goes from id to id of the log's index, a probe for each.
-- It reads the log as its caller: SELECT and row-level security decide.
create or replace function eventlog._same_ids(relation regclass, log regclass, entity_type text, entity_id text) returns text[]
    language plpgsql stable called on null input parallel unsafe
    set search_path = pg_catalog, pg_temp
as $$
declare
    keys text[];
    same text;
    ids text[];
begin
    select
        array_agg(k.name order by k.place),
        string_agg(format('(other.r).%1$I %2$s (own.r).%1$I', k.name, k.equal), ' and ')
    into keys, same
    from eventlog._key_columns(relation) k;

    execute format($query$
        with recursive id (id) as (
            (select e.entity_id from %1$s e where e.entity_type = $1 and e.entity_id is not null order by e.entity_id limit 1)
            union all
            select next.entity_id from id cross join lateral (
                select e.entity_id from %1$s e where e.entity_type = $1 and e.entity_id > id.id order by e.entity_id limit 1
            ) next
        )
        select array_agg(id.id)
        from (select eventlog._past_key(null::%2$s, $3, $2) as r offset 0) own
        cross join id
        cross join lateral (select eventlog._past_key(null::%2$s, $3, id.id) as r offset 0) other
        where %3$s
        $query$, log, relation, same)
    into ids
    using entity_type, entity_id, keys;
    return ids;
end
$$;

comment on function eventlog._same_ids(regclass, regclass, text, text) is
    'internal: the ids under which an entity''s events stand, where its key may be written in several ways';
