-- Schema eventlog is made by "create extension" itself, since the control file names it. It belongs to whoever
-- installs the extension, who need not be a superuser, so each script names everything with its schema: what the installer may have put elsewhere never comes into play.

-- A schema that was there before may hold functions that calls of ours would find, and its owner can drop it with all
-- that is in it. After a restore it may be the database owner's, who had installed the extension where it was dumped.
do language plpgsql $$
begin
    if exists (
        select from pg_catalog.pg_namespace n
        where n.nspname operator(pg_catalog.=) 'eventlog' and (
            exists (select from pg_catalog.pg_proc p where p.pronamespace operator(pg_catalog.=) n.oid)
            or exists (select from pg_catalog.pg_class c where c.relnamespace operator(pg_catalog.=) n.oid)
            or exists (select from pg_catalog.pg_type t where t.typnamespace operator(pg_catalog.=) n.oid)
            or exists (select from pg_catalog.pg_operator o where o.oprnamespace operator(pg_catalog.=) n.oid)
            or not exists (
                select
                from pg_catalog.pg_roles r
                where r.oid operator(pg_catalog.=) n.nspowner
                    and (r.rolsuper
                        or r.oid operator(pg_catalog.=) (
                            select e.extowner from pg_catalog.pg_extension e
                            where e.extname operator(pg_catalog.=) 'pg_eventlog')
                        or r.oid operator(pg_catalog.=) (
                            select d.datdba from pg_catalog.pg_database d
                            where d.datname operator(pg_catalog.=) pg_catalog.current_database()))
            )
        )
    ) then
        raise object_not_in_prerequisite_state using
            message = 'schema "eventlog" is not empty, or belongs to somebody else',
            hint = 'Drop it or rename it, and create the extension again.';
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
