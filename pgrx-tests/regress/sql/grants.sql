-- What everyone may do, and what not.
select p.proname, array_agg(distinct coalesce(g.grantee::regrole::text, '?')) filter (where g.grantee = 0) is not null as public
from pg_proc p left join lateral aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) g on g.privilege_type = 'EXECUTE'
where p.pronamespace = 'eventlog'::regnamespace
group by p.oid, p.proname
order by 2, p.proname collate "C";
select c.relname, g.grantee::regrole, string_agg(g.privilege_type, ',' order by g.privilege_type) as privileges
from pg_class c, aclexplode(c.relacl) g
where c.relnamespace = 'eventlog'::regnamespace and g.grantee <> c.relowner
group by 1, 2 order by 1, 2::text;

-- Each definer function pins its search_path; each function in SQL or PL/pgSQL does so, too, or is bound.
select p.oid::regprocedure
from pg_proc p join pg_language l on l.oid = p.prolang
where p.pronamespace = 'eventlog'::regnamespace
    and (p.prosecdef or (l.lanname in ('sql', 'plpgsql') and p.prosqlbody is null))
    and not coalesce(p.proconfig @> '{"search_path=pg_catalog, pg_temp"}', false);

-- A new log is its owner's alone.
select eventlog.create_log('public.events');
select relname, relacl from pg_class where relname like 'events%' and relkind in ('r', 'S') order by 1;
