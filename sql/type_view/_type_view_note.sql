-- What a view of a type says of itself in its comment. Anyone may write anything there, so what is none is null.
create or replace function eventlog._type_view_note(view regclass) returns jsonb
    language plpgsql stable strict parallel safe
    set search_path = pg_catalog, pg_temp
as $$
declare
    note jsonb;
begin
    note := substring(obj_description(view, 'pg_class') from 'pg_eventlog made it of: (\{.*\})$');
    -- A version that is none is none of its words either.
    perform (note ->> 'version')::int;
    return case when jsonb_typeof(note -> 'columns') = 'array' and jsonb_typeof(note -> 'log_columns') = 'array'
        and note ->> 'log_id' is not null and note ->> 'type' is not null then note end;
exception
    when others then
        return null;
end
$$;

comment on function eventlog._type_view_note(regclass) is
    'internal: what a view of a type was made of, as its comment says';
