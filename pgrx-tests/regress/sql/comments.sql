-- Every object that users can see explains itself: none lacks a comment.
select eventlog.create_log('public.plain');
select eventlog.create_log('public.parted', partition_interval => '1 month');
select eventlog.create_event_view('public.renamed', 'plain', '{"name": "type", "meta": {"key": "idempotency_key"}}');
select eventlog.isolate_tenants('public.plain', readers => '{public}', writers => '{public}');
select eventlog.isolate_tenants('public.parted');
create view public.lacking as
with members as (
    select d.classid, d.objid from pg_depend d join pg_extension e on e.oid = d.refobjid and d.deptype = 'e'
    where e.extname = 'pg_eventlog' and d.refclassid = 'pg_extension'::regclass
    union
    select 'pg_class'::regclass, r
    from (
        select relation::oid as r from eventlog.log
        union select 'public.plain_key'::regclass union select 'public.parted_key'::regclass
        union select 'public.renamed'::regclass
        union select t.relid from eventlog.log l, pg_partition_tree(l.relation) t
    ) logs
),
relations as (select objid from members where classid = 'pg_class'::regclass),
objects (classid, objid, objsubid) as (
    select classid, objid, 0 from members
    union all
    select 'pg_class'::regclass, a.attrelid, a.attnum
    from relations r join pg_attribute a on a.attrelid = r.objid and a.attnum > 0 and not a.attisdropped
    union all
    select 'pg_class'::regclass, i.indexrelid, 0
    from relations r join pg_index i on i.indrelid = r.objid join pg_class c on c.oid = i.indexrelid
    where not c.relispartition
    union all
    select 'pg_constraint'::regclass, c.oid, 0
    from relations r join pg_constraint c on c.conrelid = r.objid
    where c.contype not in ('n', 'p', 'u')
        and not (select relispartition from pg_class where oid = c.conrelid)
    union all
    select 'pg_trigger'::regclass, t.oid, 0
    from relations r join pg_trigger t on t.tgrelid = r.objid
    where not t.tgisinternal and t.tgparentid = 0
    union all
    select 'pg_policy'::regclass, p.oid, 0 from relations r join pg_policy p on p.polrelid = r.objid
    union all
    select 'pg_namespace'::regclass, 'eventlog'::regnamespace, 0
)
select d.type, d.identity
from objects o, pg_identify_object(o.classid, o.objid, o.objsubid) d
where coalesce(case when o.objsubid > 0 then col_description(o.objid, o.objsubid) else obj_description(o.objid, o.classid::regclass::name) end, '') = ''
    and not (o.classid = 'pg_type'::regclass and exists (select from pg_type t where t.oid = o.objid and (t.typrelid <> 0 or t.typelem <> 0)))
    and not (o.classid = 'pg_class'::regclass and exists (select from pg_class c where c.oid = o.objid and c.relkind = 'S'));
select regexp_replace(identity, '\d{8}', 'YYYYMMDD') as identity, type from public.lacking order by 2, 1;

-- In one style: a phrase in lower case without a full stop.
select obj_description(p.oid, 'pg_proc') from pg_proc p
where p.pronamespace = 'eventlog'::regnamespace and obj_description(p.oid, 'pg_proc') ~ '(\.$|^[A-Z][a-z])';
