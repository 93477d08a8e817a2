-- The first of "<name><suffix>", "<name><suffix>_2", "<name><suffix>_3" ... that nothing in the schema has: logs whose
-- names agree in all that _object_name keeps of them stand beside each other, and so does a new log beside what a
-- dropped one left.
-- The system catalog, which it reads, is open to everyone.
create or replace function eventlog._free_name(schema_name name, name text, suffix text) returns text
    language plpgsql stable strict parallel safe
    set search_path = pg_catalog, pg_temp
as $$
declare
    free text := eventlog._object_name(name, suffix);
    number int := 1;
begin
    while exists (
        select from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname = schema_name and c.relname = free
    ) or exists (
        -- A table has a type of its name.
        select from pg_type t join pg_namespace n on n.oid = t.typnamespace
        where n.nspname = schema_name and t.typname = free
    ) loop
        number := number + 1;
        free := eventlog._object_name(name, suffix || '_' || number);
    end loop;
    return free;
end
$$;

comment on function eventlog._free_name(name, text, text) is
    'internal: a name that no relation or type of a schema has, for an object that belongs to a log';
