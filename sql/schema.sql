-- Schema eventlog is made by "create extension" itself, since the control file names it. It belongs to whoever
-- installs the extension, who need not be a superuser, so each script names everything with its schema: what the installer may have put elsewhere never comes into play.

-- A schema that was there before may hold functions that calls of ours would find. From now on guard_schema keeps others
-- out, so it does not matter whose it is: after a restore it is whose it was.
do language plpgsql $$
begin
    if exists (
        select from pg_catalog.pg_namespace n
        where n.nspname operator(pg_catalog.=) 'eventlog' and (
            exists (select from pg_catalog.pg_proc p where p.pronamespace operator(pg_catalog.=) n.oid)
            or exists (select from pg_catalog.pg_class c where c.relnamespace operator(pg_catalog.=) n.oid)
            or exists (select from pg_catalog.pg_type t where t.typnamespace operator(pg_catalog.=) n.oid)
            or exists (select from pg_catalog.pg_operator o where o.oprnamespace operator(pg_catalog.=) n.oid)
        )
    ) then
        raise object_not_in_prerequisite_state using
            message = 'schema "eventlog" is not empty',
            hint = 'Drop or rename what is in it, and create the extension again.';
    end if;
end
$$;

-- Texts go to and fro between Postgres and Rust, whose strings are UTF-8.
do language plpgsql $$
begin
    if pg_catalog.getdatabaseencoding() operator(pg_catalog.<>) 'UTF8' then
        raise feature_not_supported using
            message = 'pg_eventlog needs a database in the encoding UTF8',
            detail = pg_catalog.format('This one is in %s.', pg_catalog.getdatabaseencoding()),
            hint = 'Make one with: create database ... encoding ''UTF8'' template template0';
    end if;
end
$$;

comment on schema eventlog is
    'pg_eventlog: validated, append-only business event logs';

-- Everyone may name what is in here; what one may do with it is granted object by object.
grant usage on schema eventlog to public;
