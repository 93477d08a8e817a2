-- The extension may be installed by a database's owner, yet its script then runs as the bootstrap superuser, who
-- would own these tables. They go to the installer: he can dump and restore them, and what the extension writes here
-- it writes as their owner, never as a superuser. The grants come afterwards, so that they are his.
do language plpgsql $$
declare
    installer name;
begin
    select r.rolname
    into strict installer
    from pg_catalog.pg_extension e
    join pg_catalog.pg_roles r on r.oid operator(pg_catalog.=) e.extowner
    where e.extname operator(pg_catalog.=) 'pg_eventlog';

    execute pg_catalog.format('alter table eventlog.log owner to %I', installer);
    execute pg_catalog.format('alter table eventlog.event_type owner to %I', installer);
    execute pg_catalog.format('alter table eventlog.admin_log owner to %I', installer);
end
$$;

-- Names, settings and contracts are no secrets: a writer needs them to write well. What was done by whom is not
-- for everyone.
grant select on eventlog.log, eventlog.event_type to public;

-- A database's owner dumps and restores all that is in it, also where someone else installed the extension.
grant select, insert on eventlog.log, eventlog.event_type, eventlog.admin_log to pg_database_owner;
