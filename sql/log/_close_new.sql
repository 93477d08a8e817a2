-- Takes from a relation that has just been made what "alter default privileges" gave to others: a new log is its owner's
-- alone. Some databases open every new table to every client, Supabase's among them: whoever may log in could read the
-- events of all tenants until somebody thinks of it, and would keep the right to set the sequence back.
-- It revokes as its caller, who must own the relation.
create or replace function eventlog._close_new(made regclass) returns void
    language plpgsql volatile strict parallel unsafe
    set search_path = pg_catalog, pg_temp
as $$
declare
    other text;
begin
    perform eventlog._require_act('_close_new', 'create_log');
    for other in
        select distinct case when g.grantee = 0 then 'public' else quote_ident(pg_get_userbyid(g.grantee)) end
        from pg_class c cross join lateral aclexplode(c.relacl) g
        where c.oid = made and g.grantee <> c.relowner
        order by 1
    loop
        execute format('revoke all on %s from %s', made, other);
    end loop;
end
$$;

comment on function eventlog._close_new(regclass) is
    'internal: takes from a relation that was just made what default privileges gave to others';
