-- The table of rejected events stays behind when a log's table is dropped.
-- It drops the table as its caller, who must own it.
create or replace function eventlog._drop_rejected(log_id uuid) returns void
    language plpgsql volatile strict parallel unsafe
    set search_path = pg_catalog, pg_temp
as $$
declare
    rejected regclass;
begin
    perform eventlog._require_act('_drop_rejected', 'forget_log');
    for rejected in
        select d.objoid
        from pg_description d
        join pg_class c on c.oid = d.objoid and c.relkind = 'r'
        where d.classoid = 'pg_class'::regclass and d.objsubid = 0
            and d.description like '%(rejected by log ' || log_id || ')'
            and eventlog._rejected_tenant(d.objoid) is not null
            -- Anyone can say so of a table of their own; it is for them to drop that.
            and pg_has_role(c.relowner, 'USAGE')
    loop
        execute format('drop table %s', rejected);
    end loop;
end
$$;

comment on function eventlog._drop_rejected(uuid) is
    'internal: drops the table of rejected events that a dropped log left';
