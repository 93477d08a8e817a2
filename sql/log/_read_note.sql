create function eventlog._read_note(relation regclass) returns text
    language plpgsql stable strict parallel safe
    set search_path = pg_catalog, pg_temp
as $$
begin
    -- A relation that is no log has no such column, which would be an error.
    if not exists (
        select from pg_attribute a where a.attrelid = relation and a.attname = 'seq' and not a.attisdropped
    ) then
        return null;
    end if;
    return obj_description(pg_get_serial_sequence(relation::text, 'seq')::regclass, 'pg_class');
end
$$;

-- The system catalog, which it reads, is open to everyone.
revoke all on function eventlog._read_note(regclass) from public;
grant execute on function eventlog._read_note(regclass) to public;

comment on function eventlog._read_note(regclass) is 'internal: what _write_note kept beside a log';
