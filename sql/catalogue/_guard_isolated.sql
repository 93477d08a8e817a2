-- On eventlog.isolated_table. The installer and the database's owner may insert rows there, so that their restores work;
-- repair_log makes policies by such a row, so one about somebody else's table is refused.
create or replace function eventlog._guard_isolated() returns trigger
    language plpgsql volatile called on null input parallel unsafe
    set search_path = pg_catalog, pg_temp
as $$
begin
    if not (select r.rolsuper from pg_roles r where r.rolname = current_user)
        and not coalesce((select pg_has_role(c.relowner, 'USAGE') from pg_class c where c.oid = new.relation), false)
    then
        raise insufficient_privilege using
            message = format('must be owner of relation "%s"', replace(new.relation::text, '"', '')),
            hint = 'Tables are isolated with eventlog.isolate_tenants().';
    end if;
    return new;
end
$$;

-- Only the trigger of the catalogue uses it, and that is made here.
revoke all on function eventlog._guard_isolated() from public;

comment on function eventlog._guard_isolated() is
    'internal: trigger function that refuses a row about somebody else''s table';
