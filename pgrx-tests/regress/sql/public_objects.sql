-- The whole public surface: what is added or changed here is a decision, and stands in the changelog.
\a\t
set eventlog.allow_drop = off;
select p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')' as function, pg_get_function_result(p.oid) as result,
    p.provolatile as vol, p.proparallel as par, p.proisstrict as strict, p.prosecdef as definer
from pg_proc p
where p.pronamespace = 'eventlog'::regnamespace and p.proname !~ '^_'
order by p.proname collate "C", 1;

-- types, tables, views
select c.relname, c.relkind from pg_class c
where c.relnamespace = 'eventlog'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'S', 'f')
order by 1;
select t.typname from pg_type t
where t.typnamespace = 'eventlog'::regnamespace and t.typrelid = 0 and t.typelem = 0 order by 1;
select a.attrelid::regclass as relation, a.attname, a.atttypid::regtype
from pg_attribute a join pg_class c on c.oid = a.attrelid
where c.relnamespace = 'eventlog'::regnamespace and c.relkind in ('r', 'v') and a.attnum > 0
order by c.relname, a.attnum;
select evtname, evtevent, evttags, evtenabled from pg_event_trigger order by 1;
select eventlog.current_tenant();
select name, setting, context, vartype, short_desc from pg_settings where name like 'eventlog.%' order by 1;

-- Nothing lies outside the extension's schema, and no type in a member table stops pg_upgrade.
select pg_describe_object(d.classid, d.objid, 0)
from pg_depend d join pg_extension e on e.oid = d.refobjid and d.refclassid = 'pg_extension'::regclass and d.deptype = 'e'
cross join lateral pg_identify_object(d.classid, d.objid, 0) i
where e.extname = 'pg_eventlog' and i.schema is distinct from 'eventlog' and i.type not in ('cast', 'event trigger', 'schema');
select attrelid::regclass, attname from pg_attribute a join pg_class c on c.oid = a.attrelid
where c.relnamespace = 'eventlog'::regnamespace
    and a.atttypid in ('regproc'::regtype, 'regprocedure'::regtype, 'regoper'::regtype, 'regoperator'::regtype,
        'regnamespace'::regtype, 'regconfig'::regtype, 'regdictionary'::regtype, 'regcollation'::regtype);
