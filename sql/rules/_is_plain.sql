-- Whether nothing of its owner's runs when rows of a table change: no triggers, rules, policies or children, no functions in
-- constraints, defaults or indexes.
-- The system catalog, which it reads, is open to everyone.
create or replace function eventlog._is_plain(relation regclass) returns boolean
    language sql stable strict parallel safe
    set search_path = pg_catalog, pg_temp
as $$
    select not (c.relhastriggers or c.relhasrules or c.relrowsecurity or c.relhassubclass or c.relchecks > 0)
        and not exists (select from pg_attrdef d where d.adrelid = c.oid)
        and not exists (
            select from pg_index i
            where i.indrelid = c.oid and (i.indexprs is not null or i.indpred is not null))
        and not exists (
            select from pg_attribute a join pg_type t on t.oid = a.atttypid
            where a.attrelid = c.oid and a.attnum > 0 and t.typnamespace <> 'pg_catalog'::regnamespace)
    from pg_class c where c.oid = $1
$$;

comment on function eventlog._is_plain(regclass) is
    'internal: whether nothing of its owner''s runs when rows of a table change';
