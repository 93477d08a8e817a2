-- The table of states stays behind when a log's table is dropped, or its last transition rule goes.
-- It drops the table as its caller, who must own it.
create or replace function eventlog._drop_states(log_id uuid) returns void
    language plpgsql volatile strict parallel unsafe
    set search_path = pg_catalog, pg_temp
as $$
declare
    states regclass;
begin
    perform eventlog._require_act('_drop_states', 'forget_log');
    for states in
        select d.objoid
        from pg_description d
        join pg_class c on c.oid = d.objoid and c.relkind = 'r'
        where d.classoid = 'pg_class'::regclass and d.objsubid = 0
            and d.description = format('the states of entities by transition rules (log %s)', log_id)
            -- Anyone can say so of a table of their own; it is for them to drop that.
            and pg_has_role(c.relowner, 'USAGE')
    loop
        execute format('drop table %s', states);
    end loop;
end
$$;

comment on function eventlog._drop_states(uuid) is
    'internal: drops the table of states of a log';
