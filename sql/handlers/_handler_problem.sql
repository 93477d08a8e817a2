-- Why a function cannot be called as a handler of a log with this owner; null where it can. A call says the same.
-- The system catalog, which it reads, is open to everyone.
create or replace function eventlog._handler_problem(handler text, owner oid) returns text
    language sql stable strict parallel safe
    set search_path = pg_catalog, pg_temp
as $$
    select case
        when p.oid is null then format('function %s(jsonb) does not exist', handler)
        when p.prokind <> 'f' or p.proretset or p.prorettype <> 'void'::regtype
            then format('%s(jsonb) is no function that returns void', handler)
        when p.proowner <> owner and not coalesce(r.rolsuper, false)
            then format('function %s(jsonb) belongs to %s, and neither to the owner of the log nor to a superuser', handler,
                pg_get_userbyid(p.proowner))
        when not has_schema_privilege(owner, p.pronamespace, 'USAGE') or not has_function_privilege(owner, p.oid, 'EXECUTE')
            then format('%s may not call function %s(jsonb)', pg_get_userbyid(owner), handler)
    end
    from (values (true)) one (row)
    left join pg_proc p on p.oid = to_regprocedure(handler || '(pg_catalog.jsonb)')
    left join pg_roles r on r.oid = p.proowner
$$;

comment on function eventlog._handler_problem(text, oid) is
    'internal: why a function cannot be called as a handler, or null';
