-- It reads the taxonomy, as everyone may.
create or replace function eventlog.generate_python(
    types text[] default null,
    options jsonb default '{}',
    log regclass default null
) returns text
    -- Null types are all of them.
    language sql stable called on null input parallel safe
    set search_path = pg_catalog, pg_temp
as $$
    select eventlog._generate('python', eventlog.export_taxonomy(log), types, options)
$$;

comment on function eventlog.generate_python(text[], jsonb, regclass) is
    'types of a log''s events for Python, as msgspec structs and TypedDicts';
