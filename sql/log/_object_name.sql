-- "<name><suffix>", the name shortened by whole characters until both fit into an identifier.
-- It only joins two words.
create or replace function eventlog._object_name(name text, suffix text) returns text
    language plpgsql immutable strict parallel safe
    set search_path = pg_catalog, pg_temp
as $$
begin
    if octet_length(suffix) > 62 then
        raise exception using
            errcode = '22023',
            message = format('suffix of %s bytes leaves no room for a name', octet_length(suffix));
    end if;
    -- A character has a byte at least.
    name := left(name, 63);
    while octet_length(name) + octet_length(suffix) > 63 loop
        name := left(name, -1);
    end loop;
    return name || suffix;
end
$$;

comment on function eventlog._object_name(text, text) is
    'internal: the name of an object that belongs to a log';
