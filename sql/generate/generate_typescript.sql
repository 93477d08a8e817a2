-- It reads the taxonomy, as everyone may.
create or replace function eventlog.generate_typescript(
    types text[] default null,
    options jsonb default '{}',
    log regclass default null
) returns text
    -- Null types are all of them.
    language sql stable called on null input parallel safe
    set search_path = pg_catalog, pg_temp
as $$
    select eventlog._generate('typescript', eventlog.export_taxonomy(log), types, options)
$$;

comment on function eventlog.generate_typescript(text[], jsonb, regclass) is
    'types of a log''s events for TypeScript, with Zod schemas and a typed logEvent';
