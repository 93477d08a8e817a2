-- The functions that an expression of a policy calls for each row: those that do not stand in a sub-select which is
-- computed once, since it refers to nothing outside itself. Read from the tree that the catalog keeps, where only braces of
-- nodes stand without a backslash; depths and levels are counted, as Postgres does.
create function eventlog._calls_per_row(tree text) returns oid[]
    language sql immutable strict parallel safe
    set search_path = pg_catalog, pg_temp
as $$
    with found as (
        select t.place, t.token[1] as opened, t.token[2] as closed, t.token[3]::oid as function, t.token[4]::int as levels_up,
            sum(case when t.token[1] is not null then 1 when t.token[2] is not null then -1 else 0 end)
                over (order by t.place) as depth
        from regexp_matches(regexp_replace($1, '\\.', '', 'g'),
            '\{([A-Z_0-9]+)|(\})|:funcid ([0-9]+)|:varlevelsup ([0-9]+)', 'g') with ordinality as t (token, place)
    ),
    query as (
        select o.place as start, min(c.place) as finish
        from found o
        join found c on c.closed is not null and c.place > o.place and c.depth = o.depth - 1
        where o.opened = 'QUERY'
        group by o.place
    ),
    once as (
        select q.start, q.finish
        from query q
        where not exists (
            select from found v
            where v.levels_up is not null
                and v.place between q.start and q.finish
                -- It belongs to a level outside this query.
                and (select count(*) from query n where v.place between n.start and n.finish) - v.levels_up
                    < (select count(*) from query n where q.start between n.start and n.finish)
        )
    )
    select array(
        select distinct f.function
        from found f
        where f.function is not null
            and not exists (select from once o where f.place between o.start and o.finish)
        order by 1)
$$;

-- It only reads its argument.
revoke all on function eventlog._calls_per_row(text) from public;
grant execute on function eventlog._calls_per_row(text) to public;

comment on function eventlog._calls_per_row(text) is
    'internal: the functions that a policy calls for each row';
